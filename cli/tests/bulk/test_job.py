"""Tables through a version."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from baton_cli.bulk.chunks import CHUNK_ROWS
from baton_cli.bulk.job import Job
from baton_cli.bulk.pinned import Pinned
from baton_cli.bulk.tables import Table, open_table
from baton_cli.errors import CommandFailed
from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_registry.versions.schema import Column
from tests.support.cli.bulk import COLUMNS, TEXT, BrokenModel, SignModel, opened, parquet, pinned


def refuse(text: str) -> None:
    """No row may be bad."""
    raise AssertionError(text)


def scored(
    table: Table, model: Pinned | None = None, keep: Sequence[str] | None = None, told: Any = refuse
) -> Any:
    """The output, as a table of pyarrow."""
    job = Job(table, model or pinned(), keep)
    batches = [pa.record_batch(batch) for batch in job.batches(told)]
    return pa.Table.from_batches(batches, pa.schema(job.schema))


def test_adds_its_columns(tmp_path: Path) -> None:
    """The rows are as they were, with label, probabilities and version behind them."""
    with opened(tmp_path, TEXT) as table:
        output = scored(table)
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
    """Whole numbers and booleans stay what they are; their columns are named by their text."""
    with opened(tmp_path, TEXT) as table:
        output = scored(table, pinned(SignModel(classes)), keep=["n"])
    assert output.column_names[:3] == ["n", "label", f"probability_{classes[0]}"]
    assert output["label"].to_pylist() == [classes[1], classes[0]]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    """Columns of Parquet are kept as they are, also those that the model does not know."""
    path = parquet(tmp_path, x=[0.5], n=[1], when=pa.array([1], pa.date32()), tags=[["a"]])
    with path.open("rb") as file:
        output = scored(open_table(path, file))
    assert output.schema.field("when").type == pa.date32()
    assert output.schema.field("tags").type == pa.list_(pa.string())


def test_scores_chunk_by_chunk(tmp_path: Path) -> None:
    """What is scored at a time is a chunk, in the order of the file."""
    model = SignModel()
    rows = CHUNK_ROWS + 2
    text = "x,n,note\n" + "".join(f"1,{number},\n" for number in range(rows))
    with opened(tmp_path, text) as table:
        output = scored(table, pinned(model), keep=["n"])
    assert model.calls == [CHUNK_ROWS, 2]
    assert output["n"].to_pylist() == [*map(str, range(rows))]


def test_bad_rows_are_left_out_and_told(tmp_path: Path) -> None:
    """Each bad row is told once, by its line, its first bad column and why; the others stay."""
    text = 'x,n,note\n1,1,a\nmuch,1.5,b\n1,2\n2,2,"c\n"\n3,x,d\n4,4,e\n'
    told: list[str] = []
    with opened(tmp_path, text) as table:
        job = Job(table, pinned(), ["n"])
        batches = [pa.record_batch(batch) for batch in job.batches(told.append)]
    assert [value for batch in batches for value in batch["n"].to_pylist()] == ["1", "2", "4"]
    assert told == [
        "line 4 has 2 cells where the first line names 3 columns",
        "line 3, column 'x': must be a number",
        "line 7, column 'n': must be a number",
    ]
    assert (job.counts.scored, job.counts.left_out) == (3, 3)


def test_however_many_bad_rows_are_left_out(tmp_path: Path) -> None:
    """A chunk of more bad rows than are named at a time, or of no other, is left out whole."""
    told: list[str] = []
    with opened(tmp_path, "x,n,note\n" + "?,1,\n" * 250) as table:
        assert scored(table, told=told.append).num_rows == 0
    assert told[0] == "line 2, column 'x': must be a number"
    assert len(told) == 250


def test_null_in_a_required_column_of_parquet_is_a_bad_row(tmp_path: Path) -> None:
    """A gap is told by its row; in an optional column it is none."""
    told: list[str] = []
    path = parquet(tmp_path, x=[0.5, None], n=[1, 2], note=[None, "a"])
    with path.open("rb") as file:
        assert scored(open_table(path, file), told=told.append).num_rows == 1
    assert told == ["row 2, column 'x': is missing; the column is required"]


def test_a_missing_text_in_a_required_column_is_a_bad_row(tmp_path: Path) -> None:
    """In CSV and in Parquet, null or empty: training has seen no gap there."""
    model = pinned(columns=(Column("x", "double"), Column("plan", "string")))
    of_csv: list[str] = []
    with opened(tmp_path, "x,plan\n1,a\n2,\n3, \n4,None\n") as table:
        assert scored(table, model, told=of_csv.append)["x"].to_pylist() == ["1", "4"]
    of_parquet: list[str] = []
    path = parquet(tmp_path, x=[1.0, 2, 3, 4], plan=["a", "", None, "None"])
    with path.open("rb") as file:
        output = scored(open_table(path, file), model, told=of_parquet.append)
    assert output["x"].to_pylist() == [1.0, 4.0]
    why = "column 'plan': is missing; the column is required"
    assert of_csv == [f"line 3, {why}", f"line 4, {why}"]
    assert of_parquet == [f"row 2, {why}", f"row 3, {why}"]


def test_an_optional_column_may_be_missing(tmp_path: Path) -> None:
    """A column that had gaps in training need not be there."""
    with opened(tmp_path, "n,x\n1,2\n") as table:
        assert scored(table)["label"].to_pylist() == ["yes"]


@pytest.mark.parametrize(
    ("text", "keep", "message"),
    [
        ("x,note\n1,a\n", None, "column 'n' is missing, which version 7 needs"),
        ("x:n:note\n1:2:a\n", None, "if these are several columns: --separator"),
        ("x,n,label\n1,2,3\n", None, "has a column 'label'"),
        ("x,n\n1,2\n", ["z"], "no column 'z' to keep"),
    ],
)
def test_a_table_that_does_not_go_with_the_version(
    tmp_path: Path, text: str, keep: list[str] | None, message: str
) -> None:
    """What is missing or twice is told before anything is scored."""
    with opened(tmp_path, text) as table, pytest.raises(CommandFailed, match=message):
        Job(table, pinned(), keep)


def test_a_name_that_is_taken_may_be_left_out(tmp_path: Path) -> None:
    """A file with a column `label` can be scored if that is not kept."""
    with opened(tmp_path, "x,n,label\n1,2,3\n") as table:
        assert scored(table, keep=["x"])["label"].to_pylist() == ["yes"]


def test_a_column_of_the_wrong_type_ends_it(tmp_path: Path) -> None:
    """Where no row can be good, none is left out: the column is told."""
    path = parquet(tmp_path, x=[0.5], n=[1], note=[1])
    with path.open("rb") as file, pytest.raises(CommandFailed, match="'note': must be text"):
        scored(open_table(path, file), told=lambda _: None)


def test_a_model_that_fails_is_told(tmp_path: Path) -> None:
    """A failure inside the model is one line with the rows that it failed on."""
    with opened(tmp_path, TEXT) as table, pytest.raises(CommandFailed) as caught:
        scored(table, pinned(BrokenModel()))
    assert caught.value.message == "the model fails on rows from line 2 to line 3: no mercy"


class ScoreModel(SignModel):
    """Answers the second of two rows with decision scores."""

    def score(self, columns: Mapping[str, Array]) -> Scores:
        labels, _ = super().score(columns)
        return Scores(labels, np.array([[0.25, 0.75], [0.1, 0.2]], np.float32))


def test_answers_that_are_no_probabilities_end_it(tmp_path: Path) -> None:
    """Every row of a file is checked, not only those that a version was opened with."""
    with opened(tmp_path, TEXT) as table, pytest.raises(CommandFailed, match=r"\[0.1, 0.2\]"):
        scored(table, pinned(ScoreModel()))


def test_booleans_beside_numbers_do_not_go_together(tmp_path: Path) -> None:
    """A column is numbers or booleans."""
    columns = (Column("x", "double"),)
    told: list[str] = []
    with opened(tmp_path, "x\nTrue\n1\n") as table:
        output = scored(table, pinned(SignModel(), columns), told=told.append)
    assert COLUMNS
    assert told == ["line 2, column 'x': the column's values do not go together"]
    assert output.num_rows == 1
