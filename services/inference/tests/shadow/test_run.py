"""The thread of the shadow: how long it rests."""

from collections.abc import Callable

from structlog.testing import capture_logs

from baton_inference.shadow.worker import ERROR_REST_S, LEAST_REST_S
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.shadow import ManualShadow


class Rests:
    """Stands in for the event that stops the thread: it keeps the rests, and stops after one."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def is_set(self) -> bool:
        return bool(self.seconds)

    def wait(self, seconds: float) -> None:
        self.seconds.append(seconds)


class Cycle:
    """A duty cycle that wants a rest."""

    def __init__(self, rest_s: float) -> None:
        self.rest_s = rest_s

    def start(self) -> None:
        pass

    def compute_rest_s(self) -> float:
        return self.rest_s


def rest(rest_s: float, step: Callable[[], None] | None = None) -> list[float]:
    """Runs the thread's loop once; returns the rests."""
    pair = ManualShadow(make_live_version(version="1"), make_live_version(version="2"))
    rests, shadow = Rests(), pair.shadow
    worker = shadow._worker
    worker._stopping = rests  # type: ignore[assignment]
    worker._cycle = Cycle(rest_s)  # type: ignore[assignment]
    if step is not None:
        worker.step = step  # type: ignore[method-assign]
    shadow.run()
    return rests.seconds


def test_it_rests_as_long_as_its_share_of_the_processor_wants() -> None:
    assert rest(9.0) == [9.0]


def test_it_wakes_up_twenty_times_a_second_at_most() -> None:
    assert rest(0.0) == [LEAST_REST_S]


def test_it_survives_an_unexpected_error() -> None:
    cell = "a value of a caller"

    def fail() -> None:
        raise ZeroDivisionError(cell)

    with capture_logs() as logs:
        assert rest(0.0, fail) == [ERROR_REST_S]
    [line] = logs
    assert line["event"] == "the shadow failed with an unexpected error"
    assert cell not in str(line)
