"""Runs a command and appends a line to its standard output: its peak resident memory in KiB.

It is a separate, small process because `ru_maxrss` (getrusage(2)) survives execve: the peak of a
child starts at the memory of its parent.
"""

import resource
import subprocess
import sys

if __name__ == "__main__":
    code = subprocess.call(sys.argv[1:])
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)  # noqa: T201 - speaks by stdout
    sys.exit(code)
