"""The columns of the log."""

import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_common import prediction_log as layout
from baton_common.prediction_log import MAX_TEXT
from baton_inference.predictions.features import choose_columns
from baton_inference.predictions.log_table import LogTable
from baton_inference.predictions.options import LogOptions
from baton_inference.scoring.observer import OtherAnswer
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.models import SCHEMA
from tests.support.fakes.predictions import (
    ManualLog,
    list_files,
    make_logged_version,
    make_scores,
)

ROW = (1.5, 2, "a")
TYPES = Schema(
    (
        Column("yes", "boolean", required=False),
        Column("count", "integer", required=False),
        Column("large", "long", required=False),
        Column("share", "float", required=False),
        Column("amount", "double"),
        Column("kind", "string", required=False),
        Column("seen", "datetime"),
    ),
    classes=("no", "yes"),
)
AT = "2026-01-31T12:00:00"


def test_columns_and_their_types(tmp_path: Path) -> None:
    """They are those of the layout, in its order."""
    log = ManualLog(tmp_path, make_logged_version(schema=TYPES))
    log.answer((True, 1, 2**53 + 1, 0.5, 1, "a", AT))
    log.finish()
    [file] = list_files(tmp_path)
    text, number = pa.string(), pa.float32()
    assert [(each.name, each.type) for each in pq.read_schema(file)] == [
        ("time", pa.timestamp("us", tz="UTC")),
        ("request_id", text),
        ("row", pa.int32()),
        ("key", text),
        ("protocol", text),
        ("alias", text),
        ("label", text),
        ("probability_no", number),
        ("probability_yes", number),
        ("other_version", text),
        ("other_label", text),
        ("other_probability_no", number),
        ("other_probability_yes", number),
        ("sampling", pa.float64()),
        ("f_yes", pa.bool_()),
        ("f_count", pa.int32()),
        ("f_large", pa.int64()),
        ("f_share", number),
        ("f_amount", pa.float64()),
        ("f_kind", text),
        ("f_seen", text),
    ]


def test_a_row(tmp_path: Path) -> None:
    """The values of one request; the path says model, version and day."""
    log = ManualLog(tmp_path, key=b"secret")
    log.answer(ROW, (None, 3, None), request_id="mine", routing_key=b"customer 7")
    first, second = log.finish()
    assert first == {
        "time": datetime.fromtimestamp(1000, UTC),
        "request_id": "mine",
        "row": 0,
        "key": hmac.new(b"secret", b"customer 7", hashlib.sha256).hexdigest(),
        "protocol": "predict",
        "alias": "production",
        "label": "no",
        "probability_no": 0.75,
        "probability_yes": 0.25,
        "other_version": None,
        "other_label": None,
        "other_probability_no": None,
        "other_probability_yes": None,
        "sampling": 1.0,
        "f_x": 1.5,
        "f_n": 2,
        "f_note": "a",
    }
    assert (second["row"], second["f_x"], second["f_n"], second["f_note"]) == (1, None, 3, None)
    [file] = list_files(tmp_path)
    folder = file.parent.relative_to(tmp_path)
    day = datetime.fromtimestamp(1000, UTC).date()
    assert str(folder) == str(layout.build_predictions_folder("churn_model", "1", day))


def test_a_request_by_number_has_no_alias_and_no_key(tmp_path: Path) -> None:
    """The routing key is null without a secret, too."""
    log = ManualLog(tmp_path)
    log.answer(ROW, alias="", routing_key=b"customer 7")
    [row] = log.finish()
    assert (row["alias"], row["key"]) == (None, None)


def read_features(tmp_path: Path, columns: dict[str, Any]) -> list[tuple[Any, ...]]:
    log = ManualLog(tmp_path, make_logged_version(schema=TYPES))
    log.answer(columns={name: np.array(*values) for name, values in columns.items()})
    return [tuple(row[f"f_{each.name}"] for each in TYPES.columns) for row in log.finish()]


def test_columns_of_a_request_become_those_of_the_schema(tmp_path: Path) -> None:
    """A column with missing numbers is float64 in memory, and missing text is empty."""
    nan = float("nan")
    columns: dict[str, Any] = {
        "yes": ([1.0, nan], np.float64),
        "count": ([7.0, nan], np.float64),
        "large": ([7.0, nan], np.float64),
        "share": ([0.5, nan], np.float32),
        "amount": ([1.0, nan], np.float64),
        "kind": (["a", ""], object),
        "seen": ([AT, AT], object),
    }
    assert read_features(tmp_path, columns) == [
        (True, 7, 7, 0.5, 1.0, "a", AT),
        (None, None, None, None, None, None, AT),
    ]


def test_rows_and_columns_are_converted_together(tmp_path: Path) -> None:
    """Requests of all protocols, in their order, with missing cells of each type."""
    log = ManualLog(tmp_path, make_logged_version(schema=TYPES))
    columns: dict[str, Any] = {
        "yes": np.array([True, False]),
        "count": np.array([7, 8]),
        "large": np.array([7, 8]),
        "share": np.array([0.5, 1.0], np.float32),
        "amount": np.array([1.0, 2.0]),
        "kind": np.array(["", "ä"], object),
        "seen": np.array([AT, AT], object),
    }
    log.answer((None, None, None, None, 1.0, None, AT))
    log.answer(columns=columns)
    log.answer((True, 9, 2**53 + 1, 0.25, 3, "b", AT), (False, 9, 9, None, 4, "", AT))
    table = LogTable(log.version, LogOptions(tmp_path))
    rows = pa.record_batch(table.build([*log.log.queue.take()])).to_pylist()
    assert [tuple(row[f"f_{each.name}"] for each in TYPES.columns) for row in rows] == [
        (None, None, None, None, 1.0, None, AT),
        (True, 7, 7, 0.5, 1.0, None, AT),
        (False, 8, 8, 1.0, 2.0, "ä", AT),
        (True, 9, 2**53 + 1, 0.25, 3.0, "b", AT),
        (False, 9, 9, None, 4.0, None, AT),
    ]


@pytest.mark.parametrize("text", ["a" * 1000, "ä" * 1000, "\U0001f600" * 1000])
def test_texts_are_cut(tmp_path: Path, text: str) -> None:
    log = ManualLog(tmp_path)
    log.answer((1.0, 1, text))
    [row] = log.finish()
    assert row["f_note"] == text[:MAX_TEXT]


def test_a_lone_surrogate_is_replaced(tmp_path: Path) -> None:
    """Arrow's texts are UTF-8."""
    log = ManualLog(tmp_path)
    log.answer((1.0, 1, "a\ud800b"))
    [row] = log.finish()
    assert row["f_note"] == "a?b"


def test_columns_are_chosen() -> None:
    """Private ones never; without a manifest none at all."""
    assert choose_columns(SCHEMA, (), None) == [0, 1, 2]
    assert choose_columns(SCHEMA, ("n",), None) == [0, 2]
    assert choose_columns(SCHEMA, ("n",), ("n", "note", "unknown")) == [2]
    assert choose_columns(SCHEMA, (), ()) == []
    assert choose_columns(SCHEMA, None, None) == []
    assert choose_columns(SCHEMA, None, ("x",)) == []


def test_a_version_without_a_manifest_logs_outputs_only(tmp_path: Path) -> None:
    log = ManualLog(tmp_path, make_logged_version(private=None))
    log.answer(ROW)
    [row] = log.finish()
    assert row["label"] == "no"
    assert not [name for name in row if name.startswith("f_")]


def test_the_other_version_fills_its_columns(tmp_path: Path) -> None:
    """Of the row that it scored, if it is kept, and if its outputs have the same names."""
    log = ManualLog(tmp_path)
    other = make_logged_version("2", share=0.75)
    paired = log.answer(ROW, ROW, ROW)
    unpaired = log.answer(ROW)
    foreign = log.answer(ROW)
    assert paired is not None
    assert unpaired is not None
    assert foreign is not None
    paired.other = OtherAnswer(1, other, make_scores(1, 0.75))
    unpaired.other = OtherAnswer(5, other, make_scores(1, 0.75))
    strange = make_logged_version("3")
    strange.engine.output_schema = type(strange.engine.output_schema).from_classes(("a", "b"))
    foreign.other = OtherAnswer(0, strange, make_scores(1))
    rows = log.finish()
    assert [row["other_version"] for row in rows] == [None, "2", None, None, None]
    assert [row["other_label"] for row in rows] == [None, "yes", None, None, None]
    assert rows[1]["other_probability_yes"] == 0.75
    assert rows[1]["probability_yes"] == 0.25
