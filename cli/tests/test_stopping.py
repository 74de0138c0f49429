"""Signals that end a verb."""

import signal
from collections.abc import Iterator

import pytest

from baton_cli.stopping import (
    NUMBERS,
    Deferral,
    Terminated,
    defer_signals,
    explain_interruption,
    raise_terminated,
)

RAISED = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: Terminated}


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Installs the program's handler; restores pytest's afterwards."""
    before = signal.signal(signal.SIGTERM, raise_terminated)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("number", NUMBERS)
def test_deferred_signal_is_raised_after_the_block(number: signal.Signals) -> None:
    """The block completes, and the handlers are restored."""
    done = []

    def work() -> None:
        with defer_signals():
            signal.raise_signal(number)
            done.append("worked")

    with pytest.raises(RAISED[number]):
        work()
    assert done == ["worked"]
    with pytest.raises(RAISED[number]):
        signal.raise_signal(number)


def test_check_raises_a_deferred_signal_within_the_block() -> None:
    """Without a signal, `check` does nothing."""
    with defer_signals() as deferral:
        deferral.check()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            deferral.check()


def test_nested_deferral_passes_the_signal_on() -> None:
    """The outer block raises it."""
    done = []

    def work() -> None:
        with defer_signals():
            with defer_signals():
                signal.raise_signal(signal.SIGINT)
            done.append("worked")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["worked"]


def test_signal_before_begin_is_raised_at_once() -> None:
    """Only the part after `begin` is protected."""
    with Deferral(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_error_in_the_block_replaces_the_signal() -> None:
    """The signal is dropped."""

    def fail() -> None:
        with defer_signals():
            signal.raise_signal(signal.SIGINT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


@pytest.mark.parametrize("number", NUMBERS)
def test_interruption_gets_an_explanation(number: signal.Signals) -> None:
    """It becomes part of the last line."""
    with pytest.raises(RAISED[number]) as caught, explain_interruption("nothing was written"):
        signal.raise_signal(number)
    assert caught.value.args == ("nothing was written",)
