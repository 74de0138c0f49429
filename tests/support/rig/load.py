"""Steady load on /predict that checks every answer against the version that it names."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.rig.process import SLOWDOWN

PAUSE_S = 0.005
"""Pause between two requests of a client, which shares the cores with the server."""

Predictions = list[dict[str, Any]]


@dataclass
class Load:
    """The results of a load.

    Attributes:
        body: the request body of every client.
        expected: the predictions of each version; None accepts any.
        answers: number of answers by version.
        errors: one line per error; empty after a good test.
        slowest_s: the longest answer time.
    """

    url: str
    body: Mapping[str, Any]
    expected: Mapping[str, Predictions] | None = None
    answers: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    pause_s: float = PAUSE_S

    def send(self, client: httpx.Client) -> None:
        started_s = time.perf_counter()
        try:
            answer = client.post(f"{self.url}/predict", json=self.body)
        except httpx.HTTPError as error:
            self.errors.append(repr(error))
            return
        if answer.status_code != httpx.codes.OK:
            self.errors.append(f"{answer.status_code} {answer.text}")
            return
        self.slowest_s = max(self.slowest_s, time.perf_counter() - started_s)
        payload = answer.json()
        version = payload["model_version"]
        self.answers[version] += 1
        if answer.headers["X-Model-Version"] != version:
            self.errors.append(f"header and body disagree on the version: {version}")
        if self.expected is not None and payload["predictions"] != self.expected[version]:
            self.errors.append(f"not the probabilities of version {version}")

    def run(self, stop: threading.Event) -> None:
        with httpx.Client(timeout=10 * SLOWDOWN) as client:
            while not stop.is_set():
                self.send(client)
                stop.wait(self.pause_s)

    def describe(self) -> str:
        """Describes the answers in one line."""
        versions = [*self.answers]
        is_many = len(versions) > 3
        source = f"{len(versions)} versions" if is_many else f"version {' then '.join(versions)}"
        return (
            f"{self.answers.total():,} answers, all 200, by {source}; "
            f"the slowest took {self.slowest_s * 1000:.0f} ms"
        )


@contextmanager
def steady_load(
    url: str,
    body: Mapping[str, Any],
    expected: Mapping[str, Predictions] | None = None,
    clients: int = 4,
    pause_s: float = PAUSE_S,
) -> Iterator[Load]:
    """Runs clients until the block ends."""
    load = Load(url, body, expected, pause_s=pause_s)
    stop = threading.Event()
    threads = [threading.Thread(target=load.run, args=(stop,)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join()
