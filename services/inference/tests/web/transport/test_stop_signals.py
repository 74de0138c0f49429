"""Signals that stop the process."""

import signal
from collections.abc import Iterator

import pytest

from baton_inference.web.transport.stop_signals import NUMBERS, StopSignals


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Restores pytest's signal handlers."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_signal_exits_with_zero(number: signal.Signals) -> None:
    """The exit code is 0."""
    StopSignals().install()
    with pytest.raises(SystemExit) as caught:
        signal.raise_signal(number)
    assert caught.value.code == 0


def test_deferred_signal_exits_afterwards() -> None:
    """The block finishes before the exit; without a signal nothing happens."""
    stop = StopSignals()
    stop.install()
    with stop.defer():
        pass
    done = []

    def wire() -> None:
        with stop.defer():
            signal.raise_signal(signal.SIGTERM)
            done.append("wired")

    with pytest.raises(SystemExit):
        wire()
    assert done == ["wired"]


def test_ignored_signals_do_nothing() -> None:
    """A second signal does not interrupt a shutdown."""
    stop = StopSignals()
    stop.install()
    stop.ignore()
    for number in NUMBERS:
        signal.raise_signal(number)
