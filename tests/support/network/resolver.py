"""A resolver that knows no name: `python resolver.py ADDRESS` writes each name that it is asked."""

import socket
import sys

READY = "ready"
_RESPONSE_NO_SUCH_NAME = b"\x81\x83"


def serve(address: str) -> None:
    """Answers every question until it is ended; `READY` comes before the names."""
    with socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        _tell(READY)
        while True:
            question, asker = server.recvfrom(4096)
            _tell(_name(question))
            # The question, and no answer to it.
            counts = question[4:6] + bytes(6)
            server.sendto(question[:2] + _RESPONSE_NO_SUCH_NAME + counts + question[12:], asker)


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - it is what this program gives


def _name(question: bytes) -> str:
    labels, at = [], 12
    while length := question[at]:
        labels.append(question[at + 1 : at + 1 + length].decode(errors="replace"))
        at += 1 + length
    return ".".join(labels)


if __name__ == "__main__":
    serve(sys.argv[1])
