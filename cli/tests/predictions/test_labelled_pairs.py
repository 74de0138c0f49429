"""The signal `quality` of a rollout, counted from files as inference writes them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from baton_cli.dataset.location import Location
from baton_cli.predictions import labelled_pairs
from baton_cli.predictions.labelled_pairs import LabelledPairs
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from baton_rollout.signals import GRID
from tests.support.trainer.prediction_log import NOON, MadeLog, write_file

MODEL = "m"
TIME = NOON + timedelta(hours=1)


class Counter:
    """The counter of one rollout: version 2 beside version 1, started at noon."""

    def __init__(self, folder: Path, scale: float | None = None) -> None:
        self.log = MadeLog(folder, MODEL)
        self.warnings: list[str] = []
        self.scales = 0
        self._scale = scale
        self._now = TIME
        self.record = start("token")
        self.pairs = LabelledPairs(
            Location(str(folder)), MODEL, self._find_scale, self.warnings.append
        )

    def _find_scale(self, record: Record) -> float | None:
        self.scales += 1
        return self._scale

    def count(self, after_s: float = labelled_pairs.LOOK_S) -> PairCounts:
        self._now += timedelta(seconds=after_s)
        return self.pairs.count(self.record, self._now)

    def read(self) -> tuple[int, float]:
        """The number of labelled pairs, and their mean difference on the grid."""
        histogram = self.count().quality
        rows = sum(histogram)
        total = sum(value * n for value, n in zip(GRID, histogram, strict=True))
        return rows, total / max(rows, 1)


def start(token: str, against: str = "1") -> Record:
    plan = Plan(
        token=token,
        version="2",
        alias="production",
        by="ann",
        reason="",
        started_at=NOON,
        limits=Limits(),
    )
    return Record.create(plan, against)


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def pair(own: float, other: float, other_version: str, **more: Any) -> dict[str, Any]:
    """A row with the probabilities of `yes` that both versions gave."""
    answers = {
        f"{prefix}{name}": value
        for prefix, yes in (("", own), ("other_", other))
        for name, value in (("label", "no"), ("probability_no", 1 - yes), ("probability_yes", yes))
    }
    return {**answers, "other_version": other_version, **more}


def name_rows(prefix: str, rows: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(rows)]


def label(counter: Counter, ids: list[str], text: str, **more: Any) -> None:
    counter.log.add_labels([{"request_id": each, "label": text, **more} for each in ids])


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


def test_oldest_pairs_without_a_label_are_forgotten(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those with a label stay."""
    monkeypatch.setattr(labelled_pairs, "MAX_PAIRS", 3)
    label(counter, ["r0"], "yes")
    for number in range(6):
        counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id=f"r{number}")])
        counter.count()
    label(counter, name_rows("r", 6), "yes")
    assert counter.read()[0] == 3


def test_damaged_file_and_outage_are_one_line_each(counter: Counter) -> None:
    """The rollout goes on with what is known."""
    damaged = counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="a")])
    damaged.write_bytes(b"PAR1")
    counter.count()
    assert damaged.name in counter.warnings[0]
    counter.log.folder.rename(counter.log.folder.with_name("away"))
    counter.count()
    counter.count()
    assert len(counter.warnings) == 2
    assert counter.warnings[1].startswith("labels do not count until the log can be read: ")


def test_file_of_other_columns_is_one_line(counter: Counter) -> None:
    """It does not end the controller."""
    path = counter.log.add_labels([{"request_id": "a", "label": "yes"}])
    write_file(path, [{"x": 1}])
    counter.count()
    assert [path.name in each for each in counter.warnings] == [True]
