"""The name of the user who moves an alias."""

import os
import pwd
import socket

from baton_cli.settings import CliSettings, find_ci_user


def get_actor(settings: CliSettings) -> str:
    """Returns `BATON_ACTOR`, else the user that CI names, else `user@host`.

    In a container, `user@host` is only the container's user and its random id.
    """
    return settings.actor or find_ci_user() or get_user_at_host()


def get_user_at_host() -> str:
    """Returns the user of this process and its host; a user without a name is a number."""
    number = os.getuid()
    try:
        user = pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run as any number
        user = str(number)
    return f"{user}@{socket.gethostname()}"
