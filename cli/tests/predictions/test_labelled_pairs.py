"""The signal `quality` of a rollout, counted from files as inference writes them."""

import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_cli.dataset.location import Location
from baton_cli.predictions import labelled_pairs
from baton_cli.predictions.labelled_pairs import LabelledPairs
from baton_registry.errors import RegistryUnavailable
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
        self.errors: list[Exception] = []
        self._scale = scale
        self._now = TIME
        self.record = start("token")
        self.pairs = LabelledPairs(
            Location(str(folder)), MODEL, self._find_scale, self.warnings.append
        )

    def _find_scale(self, record: Record) -> float | None:
        if self.errors:
            raise self.errors.pop(0)
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
    assert counter.warnings[1].startswith("new labels do not count for now: ")


def test_file_of_other_columns_is_one_line(counter: Counter) -> None:
    """It does not end the controller."""
    path = counter.log.add_labels([{"request_id": "a", "label": "yes"}])
    write_file(path, [{"x": 1}])
    counter.count()
    assert [path.name in each for each in counter.warnings] == [True]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, None])
def test_rows_without_finite_numbers_do_not_count(counter: Counter, number: Any) -> None:
    """Whichever version gave such an answer. The other rows of the file do."""
    rows = [
        pair(1.0, 0.0, "1", request_id="a"),
        {**pair(1.0, 0.0, "1", request_id="b"), "probability_yes": number},
        {**pair(1.0, 0.0, "1", request_id="c"), "other_probability_no": number},
    ]
    counter.log.add_predictions("2", rows)
    label(counter, ["a", "b", "c"], "yes")
    assert counter.read() == (1, -1.0)
    assert counter.warnings == []


@pytest.mark.parametrize(
    ("values", "scale", "text", "rows"),
    [
        ((1e200, 0.0), 1.0, "0", 1),
        ((1.0, 0.0), 1e-200, "0", 1),
        ((1e300, -1e300), 1e-300, "0", 0),  # both errors are infinite
        ((1.0, 0.0), 1.0, "1e308", 0),
        ((1.0, 0.0), 1.0, "nan", 0),
        ((1.0, 0.0), 1.0, "1_0", 0),
    ],
)
def test_numbers_of_any_size_are_one_difference_at_most(
    tmp_path: Path, values: tuple[float, float], scale: float, text: str, rows: int
) -> None:
    """The square of a float may be too large for a float."""
    counter = Counter(tmp_path, scale)
    row = dict(zip(("value", "other_value"), values, strict=True))
    counter.log.add_predictions("2", [{**row, "other_version": "1", "request_id": "a"}])
    label(counter, ["a"], text)
    assert counter.read() == (rows, float(rows))
    assert counter.warnings == []


def test_probabilities_of_any_size_are_one_difference_at_most(counter: Counter) -> None:
    counter.log.add_predictions("2", [pair(1e200, 0.0, "1", request_id="a")])
    label(counter, ["a"], "yes")
    assert counter.read() == (1, 1.0)


@pytest.mark.parametrize(
    "change",
    [{"value": "much"}, {"time": "noon"}, {"row": "first"}, {"request_id": [1]}],
)
def test_columns_of_another_type_count_for_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    """Whatever a file holds, the other files count."""
    counter = Counter(tmp_path, 1.0)
    row = {"value": 1.0, "other_value": 0.0, "other_version": "1", "request_id": "b", "row": 0}
    good = counter.log.add_predictions("2", [{**row, "request_id": "a"}])
    table = pa.table({name: [each] for name, each in {"time": NOON, **row, **change}.items()})
    pq.write_table(table, good.with_name("a-1.parquet"))
    label(counter, ["a", "b"], "0")
    assert counter.read() == (1, 1.0)
    assert counter.warnings == []


def test_rows_that_name_no_row_are_left_out(counter: Counter) -> None:
    """Without a time, an id or a number no label is about them, and a label about nothing."""
    row = pair(1.0, 0.0, "1", request_id="a")
    gaps: list[dict[str, Any]] = [{"time": None}, {"request_id": None}, {"row": None}]
    counter.log.add_predictions("2", [row, *({**row, **gap} for gap in gaps)])
    label(counter, ["a"], "yes")
    for gap in ({"received_at": None}, {"request_id": None}, {"row": None}, {"label": None}):
        counter.log.add_labels([{"request_id": "a", "label": "no", **gap}])
    assert counter.read() == (1, -1.0)
    assert counter.warnings == []


def test_labels_of_numbers_have_several_spellings(counter: Counter) -> None:
    """`baton quality` counts `1.0` for the class 1, so a rollout does."""
    names = ("label", "other_label", "probability_0", "other_probability_0")
    row = {**dict.fromkeys(names, 0), "probability_1": 1.0, "other_probability_1": 0.0}
    rows = [{**row, "other_version": "1", "request_id": each} for each in ("a", "b", "c")]
    counter.log.add_predictions("2", rows)
    for identity, text in (("a", "1"), ("b", "1.0"), ("c", "one")):
        label(counter, [identity], text)
    assert counter.read()[0] == 2


def test_file_that_has_gone_is_no_outage(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """`push --follow` moved it after it was listed; a file that cannot be opened is tried again."""
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="a")])
    label(counter, ["a"], "yes")
    gone = counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="b")])
    listed = labelled_pairs.list_predictions
    gone.unlink()
    monkeypatch.setattr(
        labelled_pairs,
        "list_predictions",
        lambda *where: [Location(str(gone)), *listed(*where)],
    )
    assert counter.read()[0] == 1
    assert counter.warnings == []
    gone.mkdir()
    label(counter, ["b"], "yes")
    counter.count()
    counter.count()
    assert [gone.name in each for each in counter.warnings] == [True]
    gone.rmdir()
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="b")])
    assert counter.read()[0] == 2


def test_scale_that_cannot_be_found_is_one_line(tmp_path: Path) -> None:
    """The registry is away, or the temporary folder is full. Labels count afterwards."""
    counter = Counter(tmp_path, 1.0)
    row = {"value": 1.0, "other_value": 0.0, "other_version": "1", "request_id": "a"}
    counter.log.add_predictions("2", [row])
    label(counter, ["a"], "0")
    counter.errors = [RegistryUnavailable("no answer"), OSError("no space")]
    assert [counter.read()[0] for _ in range(3)] == [0, 0, 1]
    assert counter.warnings == ["new labels do not count for now: no answer"]


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
