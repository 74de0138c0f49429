"""The open-loop load generator: `python -m bench.load.generator`.

Requests are due at the times of a Poisson process, however long answers take. A latency counts from
the time that its request was due, so a stall counts for every request that waits (no coordinated
omission). A request that is due while all connections are busy waits for a free one; the wait
counts.

The generator is one thread around select(2), whose timeouts have microsecond resolution; asyncio's
have a millisecond. The garbage collector is off.

It reads a `LoadPlan` as a line of JSON and runs until its time is up or stdin closes. It writes the
line `{"version": …}` whenever answers name another version, and `LoadCounts` as its last line.
"""

import gc
import json
import random
import select
import sys
import time
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from itertools import cycle
from pathlib import Path

import numpy as np

from bench.load.checker import Checker
from bench.load.connection import Answer, Connection, build_posts, read_header
from bench.load.plan import LoadCounts, LoadPlan
from bench.load.row_checker import RowChecker

LAST_ANSWERS_S = 10.0
"""Time limit for the last answers after the load; missing answers count as failed."""
_BATCH = 4096
_SEED = 1


class Generator:
    """Sends requests when they are due and receives the answers."""

    def __init__(self, plan: LoadPlan, stop: int) -> None:
        """Opens the connections.

        Args:
            plan: the load.
            stop: a file number; the load stops when it is readable or closed.
        """
        self._plan = plan
        self._stop = stop
        self._requests = _cycle_from_anywhere(build_posts(plan.path, Path(plan.body)))
        self._checker = Checker(plan.expected)
        self._free = deque(Connection(plan.port) for _ in range(plan.connections))
        self._row_checker = RowChecker(plan.rows)
        self._busy: dict[int, tuple[Connection, float, int]] = {}
        """The connection, and the due time and the line of its request, by file number."""
        self._waiting: deque[float] = deque()
        """The due times of unsent requests."""
        self._arrivals: Iterator[float] = iter(())
        self._next_s = 0.0
        self._lags_s = array("d")
        self._version = ""
        self.latencies_s = array("d")
        self.counts = LoadCounts()

    def run(self) -> None:
        """Runs the load."""
        started_s, started_cpu_s = time.perf_counter(), time.process_time()
        end_s = started_s + self._plan.seconds
        self._arrivals = generate_arrivals(started_s, self._plan.per_s)
        self._next_s, is_running = next(self._arrivals), True
        while is_running and (now_s := time.perf_counter()) < end_s:
            self._queue_due(now_s)
            self._send()
            is_running = self._receive(min(self._next_s, end_s) - time.perf_counter())
        now_s = time.perf_counter()
        self._queue_due(min(now_s, end_s))
        self.counts.seconds = now_s - started_s
        self._drain()
        self.counts.busy = (time.process_time() - started_cpu_s) / self.counts.seconds
        if self._lags_s:
            self.counts.lag_p99_ms = float(np.quantile(self._lags_s, 0.99)) * 1e3

    def _queue_due(self, now_s: float) -> None:
        while self._next_s <= now_s:
            self._waiting.append(self._next_s)
            self._lags_s.append(now_s - self._next_s)
            self._next_s = next(self._arrivals)

    def close(self) -> None:
        """Closes the connections."""
        for connection in (*self._free, *(busy for busy, *_ in self._busy.values())):
            connection.close()

    def _drain(self) -> None:
        end_s = time.perf_counter() + LAST_ANSWERS_S
        while (self._waiting or self._busy) and (left_s := end_s - time.perf_counter()) > 0:
            self._send()
            self._receive(left_s, until_stopped=False)
        self.counts.failed += len(self._waiting) + len(self._busy)

    def _send(self) -> None:
        while self._waiting and self._free:
            due_s, connection = self._waiting.popleft(), self._free.popleft()
            line, request = next(self._requests)
            try:
                connection.send(request)
            except OSError:
                self._replace(connection)
            else:
                self._busy[connection.fileno()] = (connection, due_s, line)

    def _receive(self, wait_s: float, *, until_stopped: bool = True) -> bool:
        """Receives answers for a time; returns False after the stop signal."""
        watched = [*self._busy, self._stop] if until_stopped else [*self._busy]
        ready, _, _ = select.select(watched, [], [], max(0.0, wait_s))
        for number in ready:
            if number != self._stop:
                self._handle_answer(number)
        return self._stop not in ready

    def _handle_answer(self, number: int) -> None:
        connection, due_s, line = self._busy[number]
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
            self.counts.failed += 1
            return
        self.latencies_s.append(now_s - due_s)
        if self._plan.rows:
            self._check_row(answer, line)
        elif self._plan.expected:
            self._check(answer)

    def _check(self, answer: Answer) -> None:
        version = read_header(answer, "x-model-version")
        self.counts.mixed += not self._checker.is_whole(version, answer.body)
        if version != self._version:
            self._version = version
            _print_json({"version": version})

    def _check_row(self, answer: Answer, line: int) -> None:
        self.counts.mixed += not self._row_checker.is_whole(answer, line)
        alias = read_header(answer, "x-model-alias")
        self.counts.aliases[alias] = self.counts.aliases.get(alias, 0) + 1

    def _replace(self, connection: Connection) -> None:
        """Replaces a broken connection; its request has failed."""
        self.counts.failed += 1
        connection.close()
        with suppress(OSError):  # requests wait for the other connections
            self._free.append(Connection(self._plan.port))


def _cycle_from_anywhere(requests: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """Repeats the requests and their lines for ever, from a random one on.

    Another load has sent the first ones.
    """
    start = random.randrange(len(requests))  # noqa: S311 - guards nothing
    numbered = [*enumerate(requests)]
    return cycle([*numbered[start:], *numbered[:start]])


def generate_arrivals(start_s: float, per_s: float) -> Iterator[float]:
    """Generates the times of a Poisson process, the same ones in every run."""
    rng = np.random.default_rng(_SEED)
    at_s = start_s
    while True:
        times: list[float] = (at_s + np.cumsum(rng.exponential(1 / per_s, _BATCH))).tolist()
        yield from times
        at_s = times[-1]


def _print_json(document: object) -> None:
    print(json.dumps(document), flush=True)  # noqa: T201 - the parent process reads stdout


def main() -> None:
    """Runs the generator."""
    plan = LoadPlan.from_json(json.loads(sys.stdin.readline()))
    generator = Generator(plan, sys.stdin.fileno())
    gc.freeze()
    gc.disable()
    generator.run()
    generator.close()
    np.save(plan.latencies, np.array(generator.latencies_s))
    _print_json(asdict(generator.counts))


if __name__ == "__main__":
    main()
