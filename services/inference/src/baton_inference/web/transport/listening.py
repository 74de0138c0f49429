"""The socket that the service listens on."""

import socket

BACKLOG = 2048
EVERY_IPV6_ADDRESS = "::"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; connections wait in it until somebody takes them.

    `::` is every address of this machine, IPv4 ones too. A name with addresses of both kinds means
    its IPv4 one.

    Raises:
        OSError: the port is taken, or the address is not ours.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    is_for_both = address[0] == EVERY_IPV6_ADDRESS and socket.has_dualstack_ipv6()
    return socket.create_server(address, family=family, backlog=BACKLOG, dualstack_ipv6=is_for_both)
