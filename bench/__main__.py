"""`python -m bench`; `scripts/bench` sets up what it needs and calls it."""

import sys

from bench.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
