"""The listening socket of the service."""

import socket

BACKLOG = 2048
EVERY_IPV6_ADDRESS = "::"


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
