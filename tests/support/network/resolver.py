"""A resolver without names: `python resolver.py ADDRESS` prints each requested name."""

import socket
import sys

READY = "ready"
_RESPONSE_NO_SUCH_NAME = b"\x81\x83"


def serve(address: str) -> None:
    """Answers every query; prints `READY` before the names."""
    with socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        _print(READY)
        while True:
            query, client = server.recvfrom(4096)
            _print(_parse_name(query))
            # The query, without an answer.
            counts = query[4:6] + bytes(6)
            server.sendto(query[:2] + _RESPONSE_NO_SUCH_NAME + counts + query[12:], client)


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the tests read stdout


def _parse_name(query: bytes) -> str:
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode(errors="replace"))
        at += 1 + length
    return ".".join(labels)


if __name__ == "__main__":
    serve(sys.argv[1])
