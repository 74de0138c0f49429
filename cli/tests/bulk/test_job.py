"""Tables scored by a version."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from baton_cli.bulk.chunks import CHUNK_ROWS
from baton_cli.bulk.job import Job
from baton_cli.bulk.loaded_version import LoadedVersion
from baton_cli.bulk.tables import Table, open_table
from baton_cli.errors import CommandFailed
from baton_engine.engine import Scores
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import Array
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Schema
from tests.support.cli.bulk import (
    COLUMNS,
    TEXT,
    BrokenModel,
    SignModel,
    load_fake_version,
    open_content,
    write_parquet,
)
from tests.support.fakes.engine_models import build_regressor


def fail_on_bad_row(text: str) -> None:
    """Fails the test at a bad row."""
    raise AssertionError(text)


def score(
    table: Table,
    model: LoadedVersion | None = None,
    keep: Sequence[str] | None = None,
    on_bad_row: Any = fail_on_bad_row,
) -> Any:
    """Scores a table; returns the output as a pyarrow table."""
    job = Job(table, model or load_fake_version(), keep)
    batches = [pa.record_batch(batch) for batch in job.score(on_bad_row)]
    return pa.Table.from_batches(batches, pa.schema(job.schema))


def test_output_has_the_added_columns(tmp_path: Path) -> None:
    """Label, probabilities and version follow the columns of the file."""
    with open_content(tmp_path, TEXT) as table:
        output = score(table)
    assert output.to_pydict() == {
        "x": ["0.5", "-1.5"],
        "n": ["1", "2"],
        "note": ["a", ""],
        "label": ["yes", "no"],
        "probability_no": [0.25, 0.75],
        "probability_yes": [0.75, 0.25],
        "model_version": ["7", "7"],
    }
    assert output.schema.metadata == {b"model_name": b"churn_model", b"model_version": b"7"}


@pytest.mark.parametrize("classes", [(0, 1), (False, True)])
def test_labels_have_the_type_of_the_target(tmp_path: Path, classes: tuple[Any, ...]) -> None:
    """Integers and booleans keep their type; the names of their columns have their text."""
    with open_content(tmp_path, TEXT) as table:
        output = score(table, load_fake_version(SignModel(classes)), keep=["n"])
    assert output.column_names[:3] == ["n", "label", f"probability_{classes[0]}"]
    assert output["label"].to_pylist() == [classes[1], classes[0]]


def test_parquet_columns_keep_their_types(tmp_path: Path) -> None:
    """The model need not use them."""
    path = write_parquet(tmp_path, x=[0.5], n=[1], when=pa.array([1], pa.date32()), tags=[["a"]])
    with path.open("rb") as file:
        output = score(open_table(path, file))
    assert output.schema.field("when").type == pa.date32()
    assert output.schema.field("tags").type == pa.list_(pa.string())


def test_file_is_scored_chunk_by_chunk(tmp_path: Path) -> None:
    """The order is the file's."""
    model = SignModel()
    rows = CHUNK_ROWS + 2
    text = "x,n,note\n" + "".join(f"1,{number},\n" for number in range(rows))
    with open_content(tmp_path, text) as table:
        output = score(table, load_fake_version(model), keep=["n"])
    assert model.calls == [CHUNK_ROWS, 2]
    assert output["n"].to_pylist() == [*map(str, range(rows))]


def test_bad_rows_are_skipped_and_reported(tmp_path: Path) -> None:
    """Once each: its line, its first bad column and the reason."""
    text = 'x,n,note\n1,1,a\nmuch,1.5,b\n1,2\n2,2,"c\n"\n3,x,d\n4,4,e\n'
    skipped: list[str] = []
    with open_content(tmp_path, text) as table:
        job = Job(table, load_fake_version(), ["n"])
        batches = [pa.record_batch(batch) for batch in job.score(skipped.append)]
    assert [value for batch in batches for value in batch["n"].to_pylist()] == ["1", "2", "4"]
    assert skipped == [
        "line 4 has 2 cells, but the first line names 3 columns",
        "line 3, column 'x': must be a number",
        "line 7, column 'n': must be a number",
    ]
    assert (job.counts.scored, job.counts.skipped) == (3, 3)


def test_many_bad_rows_are_skipped(tmp_path: Path) -> None:
    """More than one error lists at a time, or a whole chunk."""
    skipped: list[str] = []
    with open_content(tmp_path, "x,n,note\n" + "?,1,\n" * 250) as table:
        assert score(table, on_bad_row=skipped.append).num_rows == 0
    assert skipped[0] == "line 2, column 'x': must be a number"
    assert len(skipped) == 250


def test_null_in_a_required_column_of_parquet_is_a_bad_row(tmp_path: Path) -> None:
    """In an optional column it is a missing value."""
    skipped: list[str] = []
    path = write_parquet(tmp_path, x=[0.5, None], n=[1, 2], note=[None, "a"])
    with path.open("rb") as file:
        assert score(open_table(path, file), on_bad_row=skipped.append).num_rows == 1
    assert skipped == ["row 2, column 'x': is missing; the column is required"]


def test_missing_text_in_a_required_column_is_a_bad_row(tmp_path: Path) -> None:
    """The file is CSV or Parquet, the value null or empty."""
    model = load_fake_version(columns=(Column("x", "double"), Column("plan", "string")))
    of_csv: list[str] = []
    with open_content(tmp_path, "x,plan\n1,a\n2,\n3, \n4,None\n") as table:
        assert score(table, model, on_bad_row=of_csv.append)["x"].to_pylist() == ["1", "4"]
    of_parquet: list[str] = []
    path = write_parquet(tmp_path, x=[1.0, 2, 3, 4], plan=["a", "", None, "None"])
    with path.open("rb") as file:
        output = score(open_table(path, file), model, on_bad_row=of_parquet.append)
    assert output["x"].to_pylist() == [1.0, 4.0]
    why = "column 'plan': is missing; the column is required"
    assert of_csv == [f"line 3, {why}", f"line 4, {why}"]
    assert of_parquet == [f"row 2, {why}", f"row 3, {why}"]


def test_optional_column_may_be_absent(tmp_path: Path) -> None:
    """It had missing values in training."""
    with open_content(tmp_path, "n,x\n1,2\n") as table:
        assert score(table)["label"].to_pylist() == ["yes"]


@pytest.mark.parametrize(
    ("text", "keep", "message"),
    [
        ("x,note\n1,a\n", None, "column 'n' is missing, which version 7 requires"),
        ("x:n:note\n1:2:a\n", None, "is the separator right.*--separator CHAR"),
        ("x,n,label\n1,2,3\n", None, "adds a column 'label'"),
        ("x,n\n1,2\n", ["z"], "there is no column 'z' to keep"),
    ],
)
def test_unfit_table_is_rejected(
    tmp_path: Path, text: str, keep: list[str] | None, message: str
) -> None:
    """No row has been scored yet."""
    with open_content(tmp_path, text) as table, pytest.raises(CommandFailed, match=message):
        Job(table, load_fake_version(), keep)


def test_column_with_an_output_name_can_be_dropped(tmp_path: Path) -> None:
    """A file with a column `label` needs `--keep` for other columns."""
    with open_content(tmp_path, "x,n,label\n1,2,3\n") as table:
        assert score(table, keep=["x"])["label"].to_pylist() == ["yes"]


def test_column_of_the_wrong_type_ends_the_scoring(tmp_path: Path) -> None:
    """No row is skipped, because all are bad."""
    path = write_parquet(tmp_path, x=[0.5], n=[1], note=[1])
    with path.open("rb") as file, pytest.raises(CommandFailed, match="'note': must be text"):
        score(open_table(path, file), on_bad_row=lambda _: None)


def test_failure_in_the_model_names_the_rows(tmp_path: Path) -> None:
    """The message is one line."""
    with open_content(tmp_path, TEXT) as table, pytest.raises(CommandFailed) as caught:
        score(table, load_fake_version(BrokenModel()))
    assert caught.value.message == "the model fails on line 2 to line 3: no mercy"


class ScoreModel(SignModel):
    """Answers the second of two rows with decision scores."""

    def score(self, columns: Mapping[str, Array]) -> Scores:
        probabilities = np.array([[0.25, 0.75], [0.1, 0.2]], np.float32)
        return {**super().score(columns), "probabilities": probabilities}


def test_invalid_probabilities_end_the_scoring(tmp_path: Path) -> None:
    """Every row is checked, not only the example at loading."""
    with open_content(tmp_path, TEXT) as table, pytest.raises(CommandFailed, match=r"\[0.1, 0.2\]"):
        score(table, load_fake_version(ScoreModel()))


def test_column_of_booleans_and_numbers_is_rejected(tmp_path: Path) -> None:
    """A column has only one of the two."""
    columns = (Column("x", "double"),)
    skipped: list[str] = []
    with open_content(tmp_path, "x\nTrue\n1\n") as table:
        output = score(table, load_fake_version(SignModel(), columns), on_bad_row=skipped.append)
    assert COLUMNS
    assert skipped == ["line 2, column 'x': the column's values have no common type"]
    assert output.num_rows == 1


def load_regressor(columns: Schema, values: int = 1) -> LoadedVersion:
    """Loads a real model: the first column, plus ten times the second, and multiples of it."""
    model = build_regressor(len(columns.columns), values, weights=[1.0, 10.0])
    return LoadedVersion(ModelVersion("prices", "7"), columns, OnnxEngine(model, columns))


def test_values_of_a_regression_are_added(tmp_path: Path) -> None:
    """With the names of several values."""
    columns = Schema((Column("x", "double"), Column("n", "long")), output_names=("p10", "p90"))
    with open_content(tmp_path, TEXT) as table:
        output = score(table, load_regressor(columns, 2), keep=["x"])
    assert output.to_pydict() == {
        "x": ["0.5", "-1.5"],
        "value_p10": [10.5, 18.5],
        "value_p90": [21.0, 37.0],
        "model_version": ["7", "7"],
    }
    one = load_regressor(replace(columns, output_names=()))
    taken = pytest.raises(CommandFailed, match="adds a column 'value'")
    taken = pytest.raises(CommandFailed, match="adds a column 'value'")
    with open_content(tmp_path, TEXT.replace("note", "value")) as table, taken:
        score(table, one)


MATRIX = Schema((Column("0", "double"), Column("1", "double")), is_matrix=True)


@pytest.mark.parametrize("text", ["a,b\n1,2\n3,?\n", "id,1,0\n7,2,1\n8,?,3\n"])
def test_columns_of_a_matrix_are_numbers_or_all_in_order(tmp_path: Path, text: str) -> None:
    """Messages name the file's columns."""
    skipped: list[str] = []
    model = load_regressor(MATRIX)
    with open_content(tmp_path, text) as table:
        output = score(table, model, on_bad_row=skipped.append)
    assert output["value"].to_pylist() == [21.0]
    name = "b" if text.startswith("a") else "1"
    assert skipped == [f"line 3, column '{name}': must be a number"]


@pytest.mark.parametrize("text", ["a,b,c\n1,2,3\n", "0,b\n1,2\n", "a\n1\n"])
def test_other_columns_of_a_matrix_are_rejected(tmp_path: Path, text: str) -> None:
    """Nothing says which of them the model takes."""
    with open_content(tmp_path, text) as table, pytest.raises(CommandFailed, match="only the 2"):
        Job(table, load_regressor(MATRIX), None)


def test_datetimes_are_read_from_text(tmp_path: Path) -> None:
    """Empty cells of an optional column are missing."""
    column = Column("at", "datetime", required=False)
    columns = Schema((column, Column("n", "long")))
    skipped: list[str] = []
    text = "at,n\n1970-01-01T00:00:02Z,1\n ,2\nsoon,3\n"
    with open_content(tmp_path, text) as table:
        output = score(table, load_regressor(columns), on_bad_row=skipped.append)
    assert str(output["value"].to_pylist()) == "[12.0, nan]"
    assert skipped == [
        "line 4, column 'at': must be a date and time in ISO 8601, such as 2026-01-31T12:00:00"
    ]
