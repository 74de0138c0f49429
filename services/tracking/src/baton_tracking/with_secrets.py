"""Start a command with its secrets in the environment: `NAME_FILE` becomes `NAME`.

Neither MLflow nor boto3 reads secrets from files. Here they enter the environment of the server
process alone: what was given to the container, and so `docker inspect`, names only the files.
"""

import os
import sys
from typing import NoReturn

from baton_common.settings import SettingsError
from baton_tracking import settings


def main(command: list[str]) -> NoReturn:
    """Become `command`: it gets the signals that the container is sent."""
    try:
        environment = settings.load_with_secrets()
    except SettingsError as error:
        sys.exit(f"tracking: {error}")
    os.execvpe(command[0], command, environment)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
