"""Who moves an alias."""

import os
import pwd
import socket


def user_at_host() -> str:
    """`user@host`, as the ledger records it; the user's number where it has no name."""
    number = os.getuid()
    try:
        user = pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run as any number
        user = str(number)
    return f"{user}@{socket.gethostname()}"
