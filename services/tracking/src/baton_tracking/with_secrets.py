"""Starts a command with its secrets in the environment: `NAME_FILE` becomes `NAME`.

MLflow and boto3 cannot read secrets from files. Only the server's process has them in its
environment: the container, and so `docker inspect`, has only the file names.
"""

import os
import sys
from typing import NoReturn

from baton_common.settings import SettingsError
from baton_tracking import settings


def main(command: list[str]) -> NoReturn:
    """Replaces this process with `command`, which then receives the container's signals."""
    try:
        environment = settings.load_with_secrets()
    except SettingsError as error:
        sys.exit(f"tracking: {error}")
    os.execvpe(command[0], command, environment)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
