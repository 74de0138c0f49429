"""One fault under a light, steady load: what callers see, what /status shows, when it is over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.bodies.customer import CUSTOMER
from tests.support.documents.reliability import Tell, state_words
from tests.support.faults.footprint import Footprint
from tests.support.rig.inference import Inference
from tests.support.rig.load import Load, Predictions, steady_load
from tests.support.rig.process import wait_until

BODY = {"instances": [CUSTOMER]}
CLIENTS = 2
PAUSE_S = 0.04
"""A few dozen requests a second: enough to notice, and the machine is left to the fault."""
ENOUGH = 10
"""Answers that show that scoring goes on."""

Status = dict[str, Any]


@dataclass
class Incident:
    """What is seen while a fault lasts.

    Attributes:
        inference: the process under load.
        load: what its callers see.
        states: what /status showed, in words.
        recovered_s: how long it took from the repair until all was well.
    """

    inference: Inference
    load: Load
    states: str = ""
    recovered_s: float | None = None

    def shows(self, expected: Callable[[Status], bool], limit_s: float = 15) -> Status:
        """Waits until /status is as expected while answers go on, and keeps it for the page."""
        seen: list[Status] = []

        def is_shown() -> bool:
            seen[:] = [self.inference.status()]
            return expected(seen[0])

        wait_until(is_shown, limit_s, "the expected status", seen)
        [status] = seen
        self.states = state_words(status)
        self.goes_on()
        return status

    def tells_of(self, version: str, limit_s: float = 10) -> Status:
        """As `shows`, for the load failure of a version; asks for no more answers."""

        def is_told() -> bool:
            failure = self.inference.status()["last_load_failure"]
            return failure is not None and failure["version"] == version

        wait_until(is_told, limit_s, f"a failure of {version}: {self.inference.told()}")
        status = self.inference.status()
        self.states = state_words(status)
        return status

    def goes_on(self) -> None:
        """Waits for some answers more."""
        before = self.load.answers.total()
        wait_until(lambda: self.load.answers.total() >= before + ENOUGH, 10, "answers")

    def recovers(self, version: str, limit_s: float = 15) -> None:
        """Waits until the version serves and nothing is wrong any more."""

        def is_well() -> bool:
            status = self.inference.status()
            is_right = status["serving"] and status["serving"]["version"] == version
            return status["state"] == "serving" and bool(is_right)

        self.recovered_s = wait_until(is_well, limit_s, f"{version}: {self.inference.told()}")
        assert self.inference.status()["last_load_failure"] is None
        self.goes_on()


@contextmanager
def incident(
    inference: Inference,
    cache: Path,
    tell: Tell,
    expected: dict[str, Predictions] | None = None,
) -> Iterator[Incident]:
    """Load from before the fault until after its end; then no request failed, and nothing grew."""
    with steady_load(inference.url, BODY, expected, clients=CLIENTS, pause_s=PAUSE_S) as load:
        seen = Incident(inference, load)
        seen.goes_on()
        before = Footprint.of(inference.pid, cache)
        yield seen
        assert load.faults == []
        grown: list[Footprint] = []

        def is_small() -> bool:
            grown[:] = [Footprint.of(inference.pid, cache)]
            return grown[0].has_not_grown_since(before)

        wait_until(is_small, 5, f"as small as {before}", grown)
    assert load.faults == []
    assert seen.recovered_s is not None
    tell(load.words(), seen.states, seen.recovered_s)
