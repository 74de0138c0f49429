"""An open-loop load generator, a process of its own: `python -m bench.load.generator`.

Requests are due at the times of a Poisson process, however long answers take, and a latency counts
from the time that its request was due: so a server that stalls is charged for everyone who had to
wait meanwhile (no coordinated omission). A request that is due while all connections are busy
waits for the next free one, and the wait counts.

One thread around select(2), whose timeouts are a microsecond fine where asyncio's are a
millisecond; the garbage collector rests meanwhile.

Reads an `Order` as a line of JSON; goes on until its time is up or stdin closes. Writes a line
whenever the version that answers name is another than before, `{"version": …}`, and `Seen` last.
"""

import gc
import json
import select
import sys
import time
from array import array
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path

import numpy as np

from bench.load.checker import Checker
from bench.load.connection import Answer, Connection, post
from bench.load.order import Order, Seen

LAST_ANSWERS_S = 10.0
"""How long answers may take once no more requests are sent; the others have failed."""
_GAPS = 4096
_SEED = 1


class Generator:
    """Sends requests when they are due, and takes the answers when they come."""

    def __init__(self, order: Order, stop: int) -> None:
        """Connects.

        Args:
            order: what to do.
            stop: a file number; something to read there, or its end, stops the load.
        """
        self._order = order
        self._stop = stop
        self._request = post(order.path, Path(order.body).read_bytes())
        self._checker = Checker(order.expected)
        self._free = deque(Connection(order.port) for _ in range(order.connections))
        self._busy: dict[int, tuple[Connection, float]] = {}
        """By file number: the connection, and when its request was due."""
        self._due: deque[float] = deque()
        """When requests were due that have not been sent."""
        self._arrivals: Iterator[float] = iter(())
        self._next_s = 0.0
        self._lags_s = array("d")
        self._version = ""
        self.latencies_s = array("d")
        self.seen = Seen()

    def run(self) -> None:
        """Does what was ordered."""
        started_s, started_cpu_s = time.perf_counter(), time.process_time()
        end_s = started_s + self._order.seconds
        self._arrivals = arrivals(started_s, self._order.per_s)
        self._next_s, is_wanted = next(self._arrivals), True
        while is_wanted and (now_s := time.perf_counter()) < end_s:
            self._come_due(now_s)
            self._send()
            is_wanted = self._receive(min(self._next_s, end_s) - time.perf_counter())
        now_s = time.perf_counter()
        self._come_due(min(now_s, end_s))
        self.seen.seconds = now_s - started_s
        self._take_the_last()
        self.seen.busy = (time.process_time() - started_cpu_s) / self.seen.seconds
        if self._lags_s:
            self.seen.lag_p99_ms = float(np.quantile(self._lags_s, 0.99)) * 1e3

    def _come_due(self, now_s: float) -> None:
        while self._next_s <= now_s:
            self._due.append(self._next_s)
            self._lags_s.append(now_s - self._next_s)
            self._next_s = next(self._arrivals)

    def close(self) -> None:
        """Ends the connections."""
        for connection in (*self._free, *(busy for busy, _ in self._busy.values())):
            connection.close()

    def _take_the_last(self) -> None:
        end_s = time.perf_counter() + LAST_ANSWERS_S
        while (self._due or self._busy) and (left_s := end_s - time.perf_counter()) > 0:
            self._send()
            self._receive(left_s, until_stopped=False)
        self.seen.failed += len(self._due) + len(self._busy)

    def _send(self) -> None:
        while self._due and self._free:
            due_s, connection = self._due.popleft(), self._free.popleft()
            try:
                connection.send(self._request)
            except OSError:
                self._replace(connection)
            else:
                self._busy[connection.fileno()] = (connection, due_s)

    def _receive(self, wait_s: float, *, until_stopped: bool = True) -> bool:
        """Takes what comes within the time; False once it is told to stop."""
        watched = [*self._busy, self._stop] if until_stopped else [*self._busy]
        ready, _, _ = select.select(watched, [], [], max(0.0, wait_s))
        for number in ready:
            if number != self._stop:
                self._take(number)
        return self._stop not in ready

    def _take(self, number: int) -> None:
        connection, due_s = self._busy[number]
        try:
            answer = connection.receive()
        except (OSError, ValueError):
            del self._busy[number]
            self._replace(connection)
            return
        if answer is None:
            return
        now_s = time.perf_counter()
        del self._busy[number]
        self._free.append(connection)
        if answer.status // 100 != HTTPStatus.OK // 100:
            self.seen.failed += 1
            return
        self.latencies_s.append(now_s - due_s)
        if self._order.expected:
            self._check(answer)

    def _check(self, answer: Answer) -> None:
        version = self._checker.version(answer)
        self.seen.mixed += not self._checker.is_whole(version, answer.body)
        if version != self._version:
            self._version = version
            _tell({"version": version})

    def _replace(self, connection: Connection) -> None:
        """A connection broke, and its request with it."""
        self.seen.failed += 1
        connection.close()
        with suppress(OSError):  # without it, requests wait for the other connections
            self._free.append(Connection(self._order.port))


def arrivals(start_s: float, per_s: float) -> Iterator[float]:
    """The times of a Poisson process; the same ones for everybody."""
    rng = np.random.default_rng(_SEED)
    at_s = start_s
    while True:
        times: list[float] = (at_s + np.cumsum(rng.exponential(1 / per_s, _GAPS))).tolist()
        yield from times
        at_s = times[-1]


def _tell(document: object) -> None:
    print(json.dumps(document), flush=True)  # noqa: T201 - this process speaks by stdout


def main() -> None:
    """The process."""
    order = Order(**json.loads(sys.stdin.readline()))
    generator = Generator(order, sys.stdin.fileno())
    gc.freeze()
    gc.disable()
    generator.run()
    generator.close()
    np.save(order.latencies, np.array(generator.latencies_s))
    _tell(asdict(generator.seen))


if __name__ == "__main__":
    main()
