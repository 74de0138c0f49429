"""Callers that send different customers and keep what each answer says about its version."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from baton_trainer.tables.churn import TARGET, generate
from tests.support.rig.process import SLOWDOWN

PAUSE_S = 0.004
"""Pause between two requests of a caller, which shares the cores with the server."""


@dataclass(frozen=True)
class Answer:
    """When an answer arrived (of `time.monotonic`), and the version that computed it."""

    at_s: float
    version: str


@dataclass
class Callers:
    """Callers of `/predict`.

    Attributes:
        url: of inference.
        customers: the rows, one a request, again from the first after the last.
        answers: in the order of their arrival.
        errors: one line for each answer that is not 200, or whose header and body disagree.
    """

    url: str
    customers: Sequence[dict[str, Any]]
    answers: list[Answer] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _next: int = 0

    def run(self, stop: threading.Event) -> None:
        """Sends requests until the event is set."""
        with httpx.Client(base_url=self.url, timeout=10 * SLOWDOWN) as client:
            while not stop.wait(PAUSE_S):
                self._send(client)

    def _send(self, client: httpx.Client) -> None:
        self._next += 1
        row = self.customers[self._next % len(self.customers)]
        try:
            answer = client.post("/predict", json={"instances": [row]})
        except httpx.HTTPError as error:
            self.errors.append(repr(error))
            return
        if answer.status_code != httpx.codes.OK:
            self.errors.append(f"{answer.status_code} {answer.text}")
            return
        body = answer.json()
        version, [prediction] = body["model_version"], body["predictions"]
        self.answers.append(Answer(time.monotonic(), version))
        if answer.headers["X-Model-Version"] != version:
            self.errors.append(f"header and body disagree on the version: {version}")
        if None in prediction.get("probabilities", prediction).values():
            self.errors.append(f"version {version} answers with no number: {prediction}")

    def count(self, version: str) -> int:
        """Counts the answers of a version."""
        return sum(each.version == version for each in [*self.answers])


def draw_customers(rows: int = 40_000, seed: int = 7) -> list[dict[str, Any]]:
    """Draws customers as the built-in table does; others than those of training."""
    table = generate(rows, seed).drop(columns=TARGET)
    customers: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    return customers


@contextmanager
def call_steadily(
    url: str, customers: Sequence[dict[str, Any]], callers: int = 3
) -> Iterator[Callers]:
    """Runs callers until the block ends."""
    shared, stop = Callers(url, customers), threading.Event()
    threads = [threading.Thread(target=shared.run, args=(stop,)) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield shared
    finally:
        stop.set()
        for thread in threads:
            thread.join()
