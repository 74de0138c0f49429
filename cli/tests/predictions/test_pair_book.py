"""The labelled pairs of a rollout are counted in bounded memory."""

from collections.abc import Callable

import pytest

from baton_cli.predictions import pair_book
from baton_cli.predictions.pair_book import PairBook
from baton_cli.predictions.pair_losses import ScoredPair

Settle = Callable[[PairBook, str], None]

BETTER, WORSE = 0, 40
"""Indices of the histogram: the canary's loss is less, or greater, by 1."""


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> PairBook:
    """It keeps three pairs, and three labels without a pair."""
    monkeypatch.setattr(pair_book, "MAX_PAIRS", 3)
    monkeypatch.setattr(pair_book, "MAX_LABELS", 3)
    return PairBook("token", None)


def add_pairs(book: PairBook, names: str) -> None:
    """Adds pairs: the canary says yes, production says no."""
    for name in names:
        pair = ScoredPair((name, 0), (1.0, -1.0), ("no", "yes"), are_texts=True)
        book.add_pairs([pair], is_canary=True)


def add_labels(book: PairBook, names: str, text: str = "yes", time_us: int = 1) -> None:
    for name in names:
        book.add_labels([(time_us, (name, 0), text)])


def count(book: PairBook) -> tuple[int, int]:
    """The rows on which the canary is better, and worse."""
    assert sum(book.histogram) == book.histogram[BETTER] + book.histogram[WORSE]
    return book.histogram[BETTER], book.histogram[WORSE]


def test_pairs_and_labels_come_in_any_order(book: PairBook) -> None:
    """The last label of a row counts, also if it is read first."""
    add_labels(book, "a")
    add_pairs(book, "ab")
    add_labels(book, "b", "no", time_us=2)
    assert count(book) == (1, 1)
    add_labels(book, "b", "yes", time_us=1)
    add_labels(book, "a", "no", time_us=3)
    assert count(book) == (0, 2)
    add_labels(book, "a", "maybe", time_us=4)
    assert count(book) == (0, 1)


def test_oldest_pairs_that_wait_are_forgotten(book: PairBook) -> None:
    add_pairs(book, "abcde")
    add_labels(book, "abcde")
    assert count(book) == (3, 0)


def test_pairs_of_many_classes_are_fewer(book: PairBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here two pairs of two numbers."""
    monkeypatch.setattr(pair_book, "MAX_NUMBERS", 4)
    add_pairs(book, "abc")
    add_labels(book, "abc")
    assert count(book) == (2, 0)


def test_oldest_labels_without_a_pair_are_forgotten(book: PairBook) -> None:
    """An import has labels of all customers, not only of those with a pair."""
    add_labels(book, "abcde")
    add_pairs(book, "abc")
    assert count(book) == (1, 0)


def test_labels_of_pairs_do_not_wait(book: PairBook) -> None:
    """Labels of other rows take no place from them."""
    add_pairs(book, "a")
    add_labels(book, "vwxyz")
    add_labels(book, "a")
    assert count(book) == (1, 0)


@pytest.mark.parametrize(("settle", "rows"), [(add_labels, 4), (add_pairs, 3)])
def test_settled_pairs_make_room_first(book: PairBook, settle: Settle, rows: int) -> None:
    """A labelled one stays counted, a repeated one counts for nothing; later labels change neither.

    Here `b` makes room for `d`, although `a` is older.
    """
    add_pairs(book, "abc")
    settle(book, "b")
    add_pairs(book, "d")
    add_labels(book, "b", "no", time_us=2)
    add_labels(book, "acd")
    assert count(book) == (rows, 0)


def test_pair_with_the_name_of_another_row_counts_for_nothing(book: PairBook) -> None:
    """Whichever comes first, with or without a label."""
    add_labels(book, "ab")
    add_pairs(book, "a")
    book.add_others([(name, 0) for name in "abc"])
    add_pairs(book, "bcd")
    add_labels(book, "abcd", time_us=2)
    assert count(book) == (1, 0)


def test_other_rows_take_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some are forgotten: with one place, all but the last one."""
    monkeypatch.setattr(pair_book, "PLACES", 1)
    book = PairBook("token", None)
    book.add_others([(name, 0) for name in "abc"])
    add_pairs(book, "abc")
    add_labels(book, "abc")
    assert count(book) == (2, 0)
