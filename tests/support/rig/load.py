"""Steady load on /predict that checks every answer against the version that it names."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

PAUSE_S = 0.005
"""Between the requests of one client: two shared cores carry the clients too."""

Predictions = list[dict[str, Any]]


@dataclass
class Load:
    """What the clients of one load saw.

    Attributes:
        body: what each of them posts.
        expected: version to the predictions that it must give; None takes any.
        answers: version to the number of answers.
        faults: what went wrong, in words; empty at the end of a good test.
        slowest_s: the longest that an answer took.
    """

    url: str
    body: Mapping[str, Any]
    expected: Mapping[str, Predictions] | None = None
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    pause_s: float = PAUSE_S

    def request(self, client: httpx.Client) -> None:
        started_s = time.perf_counter()
        try:
            answer = client.post(f"{self.url}/predict", json=self.body)
        except httpx.HTTPError as error:
            self.faults.append(repr(error))
            return
        if answer.status_code != httpx.codes.OK:
            self.faults.append(f"{answer.status_code} {answer.text}")
            return
        self.slowest_s = max(self.slowest_s, time.perf_counter() - started_s)
        payload = answer.json()
        version = payload["model_version"]
        self.answers[version] += 1
        if answer.headers["X-Model-Version"] != version:
            self.faults.append(f"header and body disagree on the version: {version}")
        if self.expected is not None and payload["predictions"] != self.expected[version]:
            self.faults.append(f"not the probabilities of version {version}")

    def run(self, stop: threading.Event) -> None:
        with httpx.Client(timeout=10) as client:
            while not stop.is_set():
                self.request(client)
                stop.wait(self.pause_s)

    def words(self) -> str:
        """What the callers saw, for people."""
        versions = [*self.answers]
        is_many = len(versions) > 3
        told = f"{len(versions)} versions" if is_many else f"version {' then '.join(versions)}"
        return (
            f"{self.answers.total():,} answers, all 200, by {told}; "
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
    """Keeps clients posting until the block ends; the block's test then reads what they saw."""
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
