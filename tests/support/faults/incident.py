"""A fault under a light, steady load: answers, /status and recovery."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.bodies.customer import CUSTOMER
from tests.support.documents.reliability import RecordRow, describe_state
from tests.support.faults.footprint import Footprint
from tests.support.rig.inference import Inference
from tests.support.rig.load import Load, Predictions, steady_load
from tests.support.rig.process import wait_until

BODY = {"instances": [CUSTOMER]}
CLIENTS = 2
PAUSE_S = 0.04
"""A few dozen requests per second: enough for errors to show, few enough for the machine."""
ENOUGH = 10
"""Answers that prove that scoring continues."""

Status = dict[str, Any]


@dataclass
class Incident:
    """The observations during a fault.

    Attributes:
        inference: the process under load.
        load: the load on it.
        states: description of /status.
        recovered_s: seconds from the repair to recovery.
    """

    inference: Inference
    load: Load
    states: str = ""
    recovered_s: float | None = None

    def wait_for_status(self, expected: Callable[[Status], bool], limit_s: float = 15) -> Status:
        """Waits until /status is as expected and scoring continues; records it for the page."""
        seen: list[Status] = []

        def is_shown() -> bool:
            seen[:] = [self.inference.status()]
            return expected(seen[0])

        wait_until(is_shown, limit_s, "the expected status", seen)
        [status] = seen
        self.states = describe_state(status)
        self.wait_for_answers()
        return status

    def wait_for_failure(self, version: str, limit_s: float = 10) -> Status:
        """Waits for the load failure of a version, but not for answers."""

        def has_failed() -> bool:
            failure = self.inference.status()["last_load_failure"]
            return failure is not None and failure["version"] == version

        wait_until(has_failed, limit_s, f"a failure of {version}: {self.inference.log_tail}")
        status = self.inference.status()
        self.states = describe_state(status)
        return status

    def wait_for_answers(self) -> None:
        """Waits for more answers."""
        before = self.load.answers.total()
        wait_until(lambda: self.load.answers.total() >= before + ENOUGH, 10, "answers")

    def wait_for_recovery(self, version: str, limit_s: float = 15) -> None:
        """Waits until the version serves without a problem."""

        def is_recovered() -> bool:
            status = self.inference.status()
            is_serving = status["serving"] and status["serving"]["version"] == version
            return status["state"] == "serving" and bool(is_serving)

        self.recovered_s = wait_until(
            is_recovered, limit_s, f"{version}: {self.inference.log_tail}"
        )
        assert self.inference.status()["last_load_failure"] is None
        self.wait_for_answers()


@contextmanager
def observe(
    inference: Inference,
    cache: Path,
    record_row: RecordRow,
    expected: dict[str, Predictions] | None = None,
) -> Iterator[Incident]:
    """Runs load before, during and after a fault; fails if a request fails or the process grows."""
    with steady_load(inference.url, BODY, expected, clients=CLIENTS, pause_s=PAUSE_S) as load:
        incident = Incident(inference, load)
        incident.wait_for_answers()
        before = Footprint.measure(inference.pid, cache)
        yield incident
        assert load.errors == []
        grown: list[Footprint] = []

        def is_small() -> bool:
            grown[:] = [Footprint.measure(inference.pid, cache)]
            return grown[0].has_not_grown_since(before)

        wait_until(is_small, 5, f"as small as {before}", grown)
    assert load.errors == []
    assert incident.recovered_s is not None
    record_row(load.describe(), incident.states, incident.recovered_s)
