"""`python -m baton_inference`: runs the service with settings from the environment."""

import sys

from baton_inference.main import main

if __name__ == "__main__":
    sys.exit(main())
