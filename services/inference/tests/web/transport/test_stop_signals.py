"""Signals that end the process."""

import signal
from collections.abc import Iterator

import pytest

from baton_inference.web.transport.stop_signals import NUMBERS, StopSignals


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Puts back what pytest handles."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_is_an_orderly_end(number: signal.Signals) -> None:
    """Exit code 0."""
    StopSignals().take_over()
    with pytest.raises(SystemExit) as caught:
        signal.raise_signal(number)
    assert caught.value.code == 0


def test_a_deferred_signal_waits_for_its_moment() -> None:
    """What must not be interrupted is done first; without a signal nothing happens."""
    stop = StopSignals()
    stop.take_over()
    with stop.deferred():
        pass
    done = []

    def wire() -> None:
        with stop.deferred():
            signal.raise_signal(signal.SIGTERM)
            done.append("wired")

    with pytest.raises(SystemExit):
        wire()
    assert done == ["wired"]
