"""A bounded load on /predict, as a program: its arguments are HOST PORT BODIES LOG.

It sends a fixed number of requests per second: most on a new connection, as callers behind a load
balancer do, the rest on connections that are kept. It writes a line for each request.
"""

import errno
import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

NEW_PER_S, KEPT_PER_S = 150, 50
LIMIT_S = 1800.0
"""It ends by itself if the test was killed."""
TIMEOUT_S = 5.0
_THREADS = 4
_ROUTE_TRIES, _ROUTE_REST_S = 20, 0.01
_LATEST_S = 1.0
"""A thread that is later than this skips requests: a stall is not followed by a burst."""


class Connection(http.client.HTTPConnection):
    """A connection to the release."""

    def connect(self) -> None:
        """Connects; tries again while the caller's own machine has no route.

        That is a matter of its bridge and its kernel while other pods start. No packet has been
        sent, so it says nothing about the release.
        """
        for _ in range(_ROUTE_TRIES):
            try:
                return super().connect()
            except OSError as error:
                if error.errno != errno.ENETUNREACH:
                    raise
                time.sleep(_ROUTE_REST_S)
        return super().connect()


class Sender:
    """Sends requests to one address and logs the answers."""

    def __init__(self, address: tuple[str, int], bodies: list[bytes], log: Path) -> None:
        self._address = address
        self._bodies = bodies
        self._log = log.open("a", buffering=1, encoding="utf-8")

    def run(self, start: int, per_s: float, *, keeps: bool) -> None:
        """Sends a share of the requests until the limit."""
        connection: http.client.HTTPConnection | None = None
        for number in _tick(start, per_s):
            begun_s = time.monotonic()
            if connection is None:
                connection = Connection(*self._address, timeout=TIMEOUT_S)
            version, problem, stays = _send(connection, self._bodies[number % len(self._bodies)])
            took_s = time.monotonic() - begun_s
            mode = "kept" if keeps else "new"
            self._log.write(f"{begun_s:.4f}\t{took_s:.4f}\t{mode}\t{version}\t{problem}\n")
            if not (keeps and stays):
                connection.close()
                connection = None


def _tick(start: int, per_s: float) -> Iterator[int]:
    """Yields numbers at a steady rate."""
    now_s = begun_s = time.monotonic()
    due_s, number = begun_s + start / _THREADS / per_s, start
    while now_s < begun_s + LIMIT_S:
        time.sleep(max(0.0, due_s - now_s))
        yield number
        number += _THREADS
        now_s = time.monotonic()
        due_s = max(due_s + 1 / per_s, now_s - _LATEST_S)


def _send(connection: http.client.HTTPConnection, body: bytes) -> tuple[str, str, bool]:
    """Returns the version of the answer, the problem or "", and whether the connection stays."""
    try:
        connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return "", repr(error), False
    stays = answer.getheader("Connection", "").lower() != "close"
    if answer.status != http.HTTPStatus.OK:
        return "", f"{answer.status} {content[:200].decode(errors='replace')!r}", stays
    version, named = answer.getheader("X-Model-Version", ""), json.loads(content)["model_version"]
    problem = "" if version == named else f"the header names {version}, the body {named}"
    return version, problem, stays


def main(host: str, port: str, bodies: str, log: str) -> None:
    """Sends requests from several threads until the limit."""
    lines = Path(bodies).read_bytes().splitlines()
    sender = Sender((host, int(port)), lines, Path(log))
    threads = [
        threading.Thread(target=sender.run, args=(at, rate / _THREADS), kwargs={"keeps": keeps})
        for keeps, rate in ((False, NEW_PER_S), (True, KEPT_PER_S))
        for at in range(_THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
