"""Labels of routing keys, and the predictions that they are about."""

import random

from baton_cli.predictions.label_rows import LabelRow
from baton_cli.predictions.matching import Matcher, Prediction
from baton_common.prediction_log import hash_key

SECRET = b"secret"
NOW, WINDOW = 1000, 100


def label(key: str, at_us: int | None = None, text: str = "yes") -> LabelRow:
    return LabelRow("line 2", key, 0, text, at_us)


def prediction(key: str, time_us: int, request_id: str, row: int = 0) -> Prediction:
    return Prediction(hash_key(SECRET, key.encode()), time_us, request_id, row)


def match(rows: list[LabelRow], *predictions: Prediction) -> tuple[list[tuple[str, int]], int, int]:
    """Returns the rows found, and the numbers of unmatched and ambiguous ones."""
    results = set()
    for seed in range(5):  # the order of the log does not matter
        shuffled = random.Random(seed).sample(predictions, len(predictions))
        matcher = Matcher(rows, SECRET, window_us=WINDOW, now_us=NOW)
        for each in shuffled:
            matcher.see([each])
        found = matcher.finish()
        places = tuple((row.identity, row.row) for row in found.rows)
        results.add((places, found.unmatched, found.ambiguous))
    [(places, unmatched, ambiguous)] = results
    return [*places], unmatched, ambiguous


def test_last_prediction_before_the_label() -> None:
    """Later predictions do not count: the label says nothing about them."""
    log = [prediction("k", time, f"r{time}") for time in (400, 450, 500, 501)]
    assert match([label("k", 500)], *log) == ([("r500", 0)], 0, 0)
    assert match([label("k", 499)], *log) == ([("r450", 0)], 0, 0)
    assert match([label("k", 1000)], *log) == ([], 1, 0)


def test_window_has_an_end() -> None:
    """A prediction that is exactly as old as the window still counts."""
    assert match([label("k", 500)], prediction("k", 400, "a")) == ([("a", 0)], 0, 0)
    assert match([label("k", 500)], prediction("k", 399, "a")) == ([], 1, 0)


def test_label_without_a_time_is_of_now() -> None:
    """Also for predictions that are older than other labels."""
    log = [prediction("k", 950, "new"), prediction("k", 450, "old")]
    rows = [label("k"), label("k", 460)]
    assert match(rows, *log) == ([("new", 0), ("old", 0)], 0, 0)


def test_other_keys_do_not_match() -> None:
    """Nor does the same key under another secret."""
    other = Prediction(hash_key(b"other", b"k"), 990, "a", 0)
    assert match([label("k")], other, prediction("K", 990, "b")) == ([], 1, 0)


def test_request_of_several_rows_is_ambiguous() -> None:
    """The key does not say which of its rows the label is about; an older one does not count."""
    rows = [prediction("k", 990, "a", row) for row in (0, 1)]
    older, newer = prediction("k", 980, "b"), prediction("k", 991, "c")
    assert match([label("k")], *rows, older) == ([], 0, 1)
    assert match([label("k")], *rows, older, newer) == ([("c", 0)], 0, 0)
    assert match([label("k")], rows[1], older) == ([], 0, 1)  # row 0 was not logged


def test_row_that_is_logged_twice_is_one_prediction() -> None:
    """For example in two copies of the log."""
    assert match([label("k")], *[prediction("k", 990, "a")] * 2) == ([("a", 0)], 0, 0)


def test_span_covers_all_windows() -> None:
    """From the earliest label minus the window to the latest label."""
    matcher = Matcher([label("k", 300), label("j", 700)], SECRET, window_us=100, now_us=NOW)
    assert matcher.span_us == (200, 700)
