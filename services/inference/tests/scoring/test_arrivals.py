"""Requests that were read and have not begun."""

from baton_inference.scoring.arrivals import Arrivals


def test_counts_what_has_not_begun() -> None:
    """An arrival counts until its handling begins; a start without an arrival changes nothing."""
    arrivals = Arrivals()
    arrivals.note_start()
    assert arrivals.unstarted == 0
    arrivals.note_arrival()
    arrivals.note_arrival()
    arrivals.note_start()
    assert arrivals.unstarted == 1


def test_what_never_begins_is_forgotten() -> None:
    """A request that was given up before it began is not waited for twice."""
    arrivals = Arrivals()
    arrivals.note_arrival()
    arrivals.forget()
    assert arrivals.unstarted == 0
