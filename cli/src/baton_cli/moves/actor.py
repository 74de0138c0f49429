"""Who moves an alias."""

import os
import pwd
import socket

from baton_cli.settings import CliSettings, find_ci_user


def name_actor(settings: CliSettings) -> str:
    """Whom the ledger names: `BATON_ACTOR`, else the user that CI names, else `user@host`.

    In a container, `user@host` would be the container's own user and its random id.
    """
    return settings.actor or find_ci_user() or user_at_host()


def user_at_host() -> str:
    """The user of this process and its host; the user's number if it has no name."""
    number = os.getuid()
    try:
        user = pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run as any number
        user = str(number)
    return f"{user}@{socket.gethostname()}"
