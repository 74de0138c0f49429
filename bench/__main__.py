"""`python -m bench`; `scripts/bench` installs the requirements and runs it."""

import sys

from bench.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
