"""Datetime columns in every protocol."""

import datetime as dt
import json
from typing import Any

import pyarrow as pa
import pytest

from baton_inference.errors import InvalidRows
from baton_inference.protocols.catalog import compile_codecs
from baton_inference.protocols.media import ARROW, PARQUET, MediaHeaders
from baton_inference.protocols.protocol import CodecParts
from baton_inference.scoring.batch import RowBatch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Column, Schema
from tests.support.bodies.columnar import WRITERS
from tests.support.fakes.live_version import InProcessReader

SCHEMA = Schema((Column("t", "datetime"), Column("o", "datetime", required=False)))
CODECS = compile_codecs(
    CodecParts(ModelVersion("m", "1"), SCHEMA, OutputSchema("regression"), InProcessReader(), 10)
)
FORMS = ("predict", "records", "inputs", "v2")


def decode(form: str, value: Any) -> Any:
    """Returns the value of the required column. The optional one is missing."""
    protocol, body = {
        "predict": ("predict", {"instances": [{"t": value}]}),
        "records": ("invocations", {"dataframe_records": [{"t": value, "o": None}]}),
        "inputs": ("invocations", {"inputs": [{"t": value, "o": None}]}),
        "v2": (
            "v2",
            {"inputs": [{"name": "t", "datatype": "BYTES", "shape": [1], "data": [value]}]},
        ),
    }[form]
    media = MediaHeaders([(b"content-type", b"application/json")])
    batch = CODECS[protocol].decode(json.dumps(body).encode(), media)
    if isinstance(batch, RowBatch):
        ((required, optional),) = batch.cells
        assert optional is None
        return required
    assert batch.columns["o"].tolist() == [""]
    return batch.columns["t"].tolist()[0]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00+02:00"])
def test_iso_8601_is_read_as_it_is(form: str, text: str) -> None:
    assert decode(form, text) == text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "value", ["2026-02-30", "31.01.2026", "SECRET", "9999-01-01", 1.5, True, {}]
)
def test_other_values_are_bad_cells(form: str, value: Any) -> None:
    with pytest.raises(InvalidRows) as caught:
        decode(form, value)
    ((row, column),) = ((cell.row, cell.column) for cell in caught.value.cells)
    assert (row, column) == (0, "t")
    assert "SECRET" not in caught.value.cells[0].message


@pytest.mark.parametrize("form", ["predict", "v2"])
@pytest.mark.parametrize("value", ["", None, 5])
def test_only_invocations_reads_what_pandas_reads(form: str, value: Any) -> None:
    """MLflow reads whole numbers as nanoseconds, and empty texts as missing."""
    with pytest.raises(InvalidRows):
        decode(form, value)
    expected = "1970-01-01T00:00:00.000000005" if value == 5 else ""
    assert decode("records", value) == expected
    assert decode("inputs", value) == expected


@pytest.mark.parametrize("media_type", [ARROW, PARQUET])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2026, 1, 31, 12), "2026-01-31T12:00:00"),  # noqa: DTZ001
        (dt.date(2026, 1, 31), "2026-01-31"),
        ("2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
        ("SECRET", None),
        (1.5, None),
    ],
)
def test_arrow_has_times_and_texts(media_type: bytes, value: Any, text: str | None) -> None:
    """Numbers are bad cells."""
    body = WRITERS[media_type](pa.table({"t": [value]}))
    media = MediaHeaders([(b"content-type", media_type)])
    if text is None:
        with pytest.raises(InvalidRows, match="do not fit"):
            CODECS["invocations"].decode(body, media)
    else:
        batch = CODECS["invocations"].decode(body, media)
        assert {name: each.tolist() for name, each in batch.columns.items()} == {
            "t": [text],
            "o": [""],
        }
