"""The listening socket of the service, and the check whether gRPC can have one."""

import os
import socket
from importlib.util import find_spec

from baton_common.settings import SettingsError

BACKLOG = 2048
EVERY_IPV6_ADDRESS = "::"
GRPC_PACKAGES = ("grpc", "grpc_health", "grpc_reflection")
"""The packages of the extra `grpc`."""


def listen(host: str, port: int) -> socket.socket:
    """Opens a listening socket; connections wait in its backlog until the server accepts them.

    `::` listens on all addresses of the host, IPv4 included. A host name with both kinds of
    addresses uses IPv4.

    Raises:
        OSError: the port is taken, or the host does not have the address.
    """
    choices = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = min(choices, key=lambda each: each[0] != socket.AF_INET)
    is_for_both = address[0] == EVERY_IPV6_ADDRESS and socket.has_dualstack_ipv6()
    return socket.create_server(address, family=family, backlog=BACKLOG, dualstack_ipv6=is_for_both)


def open_listener(host: str, port: int, variable: str) -> socket.socket:
    """Does what `listen` does; raises `SettingsError`, which names the variable of the port."""
    try:
        return listen(host, port)
    except OSError as error:
        code = error.errno or 0
        reason = os.strerror(code) if code > 0 else error.strerror
        raise SettingsError(
            f"cannot listen on {host}, port {port}: {reason or error};"
            f" set BATON_HOST and {variable}"
        ) from error


def check_grpc(host: str, port: int) -> None:
    """Checks that gRPC is installed and the port free: its library reports that late and at length.

    Raises:
        SettingsError: it is not.
    """
    if any(find_spec(package) is None for package in GRPC_PACKAGES):
        raise SettingsError(
            f"BATON_GRPC_PORT={port}: gRPC is not installed; install baton-inference[grpc]"
        )
    open_listener(host, port, "BATON_GRPC_PORT").close()
