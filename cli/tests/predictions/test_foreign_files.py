"""Whatever a file of the log holds, a rollout goes on: any program may have written it."""

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_cli.predictions import labelled_pairs
from baton_cli.predictions.closed_files import list_predictions
from baton_cli.storage_location import StorageLocation
from baton_registry.errors import RegistryUnavailable
from tests.support.cli.labelled_log import Counter, label, pair
from tests.support.trainer.prediction_log import NOON, write_file


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
    no_time = {"time": None, "request_id": "b"}
    gaps: list[dict[str, Any]] = [no_time, {"request_id": None}, {"row": None}]
    counter.log.add_predictions("2", [row, *({**row, **gap} for gap in gaps)])
    label(counter, ["a", "b"], "yes")
    for gap in ({"received_at": None}, {"request_id": None}, {"row": None}, {"label": None}):
        counter.log.add_labels([{"request_id": "a", "label": "no", **gap}])
    assert counter.read() == (1, -1.0)
    assert counter.warnings == []


def test_file_that_cannot_be_opened_is_tried_again(counter: Counter) -> None:
    """The others are still read."""
    odd = counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="a")])
    odd.unlink()
    odd.mkdir()
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="b")])
    label(counter, ["a", "b"], "yes")
    assert counter.read()[0] == 1
    counter.count()
    assert [odd.name in each for each in counter.warnings] == [True]
    odd.rmdir()
    write_file(odd, [{**pair(1.0, 0.0, "1", request_id="a"), "time": NOON, "row": 0}])
    assert counter.read()[0] == 2


def test_files_that_cannot_be_opened_do_not_keep_others(counter: Counter) -> None:
    """However many there are: they are last in the next look, and have their turns."""
    for number in range(2 * labelled_pairs.MAX_FAILURES):
        odd = counter.log.add_predictions("2", [{}], process=f"a{number}")
        odd.unlink()
        odd.mkdir()
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="b")])
    label(counter, ["b"], "yes")
    assert [counter.read()[0] for _ in range(3)] == [0, 0, 1]
    odd.rmdir()
    write_file(odd, [{**pair(1.0, 0.0, "1", request_id="a"), "time": NOON, "row": 0}])
    label(counter, ["a"], "yes")
    assert counter.read()[0] == 2


def test_file_that_has_gone_is_no_outage(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """`push --follow` moved it after it was listed."""
    counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="a")])
    label(counter, ["a"], "yes")
    gone = counter.log.add_predictions("2", [pair(1.0, 0.0, "1", request_id="b")])
    gone.unlink()
    monkeypatch.setattr(
        labelled_pairs,
        "list_predictions",
        lambda *where: [StorageLocation(str(gone)), *list_predictions(*where)],
    )
    assert counter.read()[0] == 1
    assert counter.warnings == []


def test_scale_that_cannot_be_found_is_one_line(tmp_path: Path) -> None:
    """The registry is away, or the temporary folder is full. Labels count afterwards."""
    counter = Counter(tmp_path, 1.0)
    row = {"value": 1.0, "other_value": 0.0, "other_version": "1", "request_id": "a"}
    counter.log.add_predictions("2", [row])
    label(counter, ["a"], "0")
    counter.errors = [RegistryUnavailable("no answer"), OSError("no space")]
    assert [counter.read()[0] for _ in range(3)] == [0, 0, 1]
    assert counter.warnings == ["new labels do not count for now: no answer"]
