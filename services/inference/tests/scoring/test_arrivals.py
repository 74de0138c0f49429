"""The count of requests that are read but not started."""

from baton_inference.scoring.arrivals import Arrivals


def test_a_request_counts_until_it_starts() -> None:
    """A start without an arrival changes nothing."""
    arrivals = Arrivals()
    arrivals.note_start()
    assert arrivals.unstarted == 0
    arrivals.note_arrival()
    arrivals.note_arrival()
    arrivals.note_start()
    assert arrivals.unstarted == 1


def test_requests_that_never_start_are_forgotten() -> None:
    """No later request waits for them."""
    arrivals = Arrivals()
    arrivals.note_arrival()
    arrivals.forget()
    assert arrivals.unstarted == 0
