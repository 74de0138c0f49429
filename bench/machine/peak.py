"""Runs a command and adds a last line to its standard output: its peak resident memory in KiB.

A process of its own, and a small one: what a child is said to have taken at most starts at what its
parent took when it was started (getrusage(2), `ru_maxrss`, is kept over execve).
"""

import resource
import subprocess
import sys

if __name__ == "__main__":
    code = subprocess.call(sys.argv[1:])
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)  # noqa: T201 - speaks by stdout
    sys.exit(code)
