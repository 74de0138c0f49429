"""The signal `quality` of a rollout, counted from files as inference writes them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from baton_cli.predictions import labelled_pairs
from baton_rollout.pair_counts import PairCounts
from tests.support.cli.labelled_log import Counter, label, name_rows, pair, start
from tests.support.trainer.prediction_log import NOON, write_file


def test_difference_is_that_of_the_canary(counter: Counter) -> None:
    """Either version may have answered. The mean on the grid is that of the differences."""
    by_canary, by_production = name_rows("c", 400), name_rows("p", 400)
    counter.log.add_predictions("2", [pair(0.2, 0.9, "1", request_id=each) for each in by_canary])
    counter.log.add_predictions(
        "1", [pair(0.9, 0.2, "2", request_id=each) for each in by_production]
    )
    label(counter, by_canary + by_production, "yes")
    rows, mean = counter.read()
    assert rows == 800
    assert mean == pytest.approx(0.64 - 0.01, abs=0.01)


def test_values_are_scaled(tmp_path: Path) -> None:
    """By what the gate recorded; without it they do not count."""
    for scale, expected in ((10.0, (100, 0.05)), (None, (0, 0.0))):
        counter = Counter(tmp_path / str(scale), scale)
        ids = name_rows("r", 100)
        rows = [
            {"value": 13.0, "other_value": 12.0, "other_version": "1", "request_id": each}
            for each in ids
        ]
        counter.log.add_predictions("2", rows)
        label(counter, ids, "10")
        assert counter.read() == pytest.approx(expected)
        counter.count()


def test_labels_come_late_twice_and_for_unknown_rows(counter: Counter) -> None:
    """The last one counts; one of no class does not."""
    ids = name_rows("r", 4)
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id=each) for each in ids])
    assert counter.read() == (0, 0.0)
    label(counter, [*ids[:2], "unknown"], "yes")
    label(counter, [ids[2]], "maybe")
    assert counter.read() == (2, -1.0)
    later = NOON + timedelta(minutes=5)
    counter.log.add_labels([{"request_id": ids[0], "label": "no"}], at=later)
    assert counter.read() == (2, 0.0)


def test_repeated_row_counts_for_nothing(counter: Counter) -> None:
    """Also if it is repeated after it has counted."""
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="a")])
    label(counter, ["a"], "yes")
    assert counter.read()[0] == 1
    counter.log.add_predictions("1", [pair(0.0, 1.0, "2", request_id="a")])
    assert counter.read()[0] == 0


@pytest.mark.parametrize("is_pair_first", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        {"other_version": None},
        {"other_version": "3"},
        {"time": NOON - timedelta(hours=1)},
        {"probability_yes": None},
    ],
)
def test_row_repeated_without_a_pair_counts_for_nothing(
    counter: Counter, change: dict[str, Any], *, is_pair_first: bool
) -> None:
    """A label may be about either, so `baton quality` counts neither."""
    rows = [pair(1.0, 0.0, "1", request_id="a"), {**pair(1.0, 0.0, "1", request_id="a"), **change}]
    for row in rows if is_pair_first else reversed(rows):
        counter.log.add_predictions("2", [row])
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="b")])
    label(counter, ["a", "b"], "yes")
    assert counter.read()[0] == 1


def test_row_repeated_in_a_file_without_pairs_counts_for_nothing(counter: Counter) -> None:
    """Before there was a canary, files lack the columns of the other version."""
    row = pair(1.0, 0.0, "2", request_id="a")
    counter.log.add_predictions("1", [row])
    alone = {name: value for name, value in row.items() if not name.startswith("other_")}
    counter.log.add_predictions("1", [alone], process="q")
    label(counter, ["a"], "yes")
    assert counter.read()[0] == 0


def test_only_pairs_of_this_rollout_count(counter: Counter) -> None:
    """Not those of another version, of an hour before, or of rows without a pair."""
    rows = [
        pair(1.0, 0.0, "3", request_id="a"),
        pair(1.0, 0.0, "1", request_id="b", time=NOON - timedelta(hours=1)),
        {**pair(1.0, 0.0, "1", request_id="c"), "other_version": None},
    ]
    counter.log.add_predictions("2", rows)
    label(counter, ["a", "b", "c"], "yes")
    assert counter.read() == (0, 0.0)


def test_another_rollout_starts_from_nothing(counter: Counter) -> None:
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="a")])
    label(counter, ["a"], "yes")
    assert counter.read()[0] == 1
    counter.record = start("token", against="9")
    assert counter.count(0).quality == PairCounts().quality


def test_it_looks_once_a_minute(counter: Counter) -> None:
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="a")])
    counter.count()
    label(counter, ["a"], "yes")
    assert sum(counter.count(after_s=30).quality) == 0
    assert sum(counter.count(after_s=30).quality) == 1


def test_counts_are_the_same_for_every_reader(tmp_path: Path) -> None:
    """Rounding draws its lot from the row, so two controllers see the same."""
    first = Counter(tmp_path)
    ids = name_rows("r", 50)
    first.log.add_predictions("2", [pair(0.33, 0.3, "1", request_id=each) for each in ids])
    label(first, ids, "yes")
    assert first.count() == Counter(tmp_path).count()


def test_labels_of_numbers_have_several_spellings(counter: Counter) -> None:
    """`baton quality` counts `1.0` for the class 1, so a rollout does."""
    names = ("label", "other_label", "probability_0", "other_probability_0")
    row = {**dict.fromkeys(names, 0), "probability_1": 1.0, "other_probability_1": 0.0}
    rows = [{**row, "other_version": "1", "request_id": each} for each in ("a", "b", "c")]
    counter.log.add_predictions("2", rows)
    for identity, text in (("a", "1"), ("b", "1.0"), ("c", "one")):
        label(counter, [identity], text)
    assert counter.read()[0] == 2


def test_newest_files_are_read(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a bound on them. One that has gone is forgotten: its name may come again."""
    monkeypatch.setattr(labelled_pairs, "MAX_FILES", 2)
    old = counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="a")])
    tomorrow = NOON + timedelta(days=1)
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="b")], at=tomorrow)
    counter.log.add_labels(
        [{"request_id": each, "label": "yes"} for each in ("a", "b", "c")], at=tomorrow
    )
    assert counter.read()[0] == 1
    row = {**pair(1.0, 0.0, "1", request_id="c"), "time": tomorrow, "row": 0}
    old.unlink()
    for path in [*counter.log.folder.rglob("date=2026-11-30/p-*.parquet")]:
        path.unlink()
        counter.count()
        write_file(path, [row])
    assert counter.read()[0] == 2
