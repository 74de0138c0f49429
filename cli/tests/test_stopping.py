"""Signals that end a verb."""

import signal
from collections.abc import Iterator

import pytest

from baton_cli.stopping import NUMBERS, Deferral, Terminated, deferred, raise_terminated, explain_interruption

RAISED = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: Terminated}


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Those of the program; afterwards what pytest handles."""
    before = signal.signal(signal.SIGTERM, raise_terminated)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_deferred_signal_waits_for_the_end_of_the_block(number: signal.Signals) -> None:
    """What must not be interrupted is done first, and the handlers are what they were."""
    done = []

    def work() -> None:
        with deferred():
            signal.raise_signal(number)
            done.append("worked")

    with pytest.raises(RAISED[number]):
        work()
    assert done == ["worked"]
    with pytest.raises(RAISED[number]):
        signal.raise_signal(number)


def test_a_deferred_signal_may_come_at_a_good_moment_within_the_block() -> None:
    """Without one, `check` is nothing."""
    with deferred() as lock:
        lock.check()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            lock.check()


def test_a_deferral_inside_another_ends_with_it() -> None:
    """The inner one hands the signal on."""
    done = []

    def work() -> None:
        with deferred():
            with deferred():
                signal.raise_signal(signal.SIGINT)
            done.append("worked")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["worked"]


def test_nothing_waits_before_it_begins() -> None:
    """A block may run for long before what must not be interrupted."""
    with Deferral(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_failure_is_told_rather_than_the_signal() -> None:
    """Whoever stops it learns what went wrong meanwhile."""

    def fail() -> None:
        with deferred():
            signal.raise_signal(signal.SIGINT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


@pytest.mark.parametrize("number", NUMBERS)
def test_what_a_signal_undoes_is_noted(number: signal.Signals) -> None:
    """For the last line."""
    with pytest.raises(RAISED[number]) as caught, explain_interruption("nothing was written"):
        signal.raise_signal(number)
    assert caught.value.args == ("nothing was written",)
