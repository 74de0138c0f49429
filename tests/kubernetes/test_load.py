"""The load's own connections."""

import errno
import socket
from contextlib import suppress
from typing import Any

import pytest

from tests.support.kubernetes.release.load import Connection


@pytest.mark.parametrize(
    ("code", "tries"), [(errno.ENETUNREACH, 3), (errno.ECONNREFUSED, 1), (errno.EHOSTUNREACH, 1)]
)
def test_only_a_missing_route_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, code: int, tries: int
) -> None:
    """What a Service or a pod answers is a failure; that this machine has no route is none."""
    calls: list[Any] = []

    def connect(*arguments: Any, **_: Any) -> socket.socket:
        calls.append(arguments)
        if len(calls) < 3:
            raise OSError(code, "no")
        return socket.socket()

    connection = Connection("127.0.0.1", 1)
    monkeypatch.setattr(connection, "_create_connection", connect)
    with suppress(OSError):
        connection.connect()
    connection.close()
    assert len(calls) == tries
