"""Runs a command and appends a line to its standard output: its processor time and peak memory.

The processor time is in seconds, the peak of the resident memory in KiB. It is a separate, small
process because `ru_maxrss` (getrusage(2)) survives execve: the peak of a child starts at the memory
of its parent.
"""

import resource
import subprocess
import sys

if __name__ == "__main__":
    code = subprocess.call(sys.argv[1:])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{used.ru_utime + used.ru_stime:.3f} {used.ru_maxrss}")  # noqa: T201 - speaks by stdout
    sys.exit(code)
