"""How the rows of a file are read by a model's schema."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from arro3.core import Table as ArrowTable
from arro3.io import write_parquet

from baton_registry.versions.schema import Column
from baton_trainer.errors import DataError
from baton_trainer.importing.rows.file_rows import read_rows
from baton_trainer.tables.files import csv_file, parquet_file
from baton_trainer.tables.files.data_file import DataFile

COLUMNS = (
    Column("age", "double", required=False),
    Column("visits", "long"),
    Column("zip", "string"),
    Column("paid", "boolean", required=False),
)
CSV = b"zip,visits,age,paid,left\n07001,3,41.5,true,yes\n1200,4,,False,no\n55,7,1,,no\n"


def read_csv(text: bytes) -> DataFile:
    return csv_file.parse(text, "some.csv")


def test_cells_have_the_types_of_the_schema() -> None:
    """Codes of digits stay texts if the model takes texts."""
    rows = read_rows(read_csv(CSV), COLUMNS, ".").rows
    assert rows.locations == ["row 1", "row 2", "row 3"]
    assert rows.arrays["zip"].tolist() == ["07001", "1200", "55"]
    assert rows.arrays["visits"].tolist() == [3, 4, 7]
    np.testing.assert_array_equal(rows.arrays["age"], [41.5, np.nan, 1.0])
    np.testing.assert_array_equal(rows.arrays["paid"], [1.0, 0.0, np.nan])


def test_rows_that_the_service_refuses_are_left_out() -> None:
    read = read_rows(read_csv(CSV + b"55,,1,,no\n"), COLUMNS, ".")
    assert read.rows.locations == ["row 1", "row 2", "row 3"]
    assert read.kept.tolist() == [0, 1, 2]
    (warning,) = read.warnings
    assert "1 rows" in warning
    assert "visits" in warning


def test_absent_optional_column_is_missing_in_every_row() -> None:
    rows = read_rows(read_csv(b"zip,visits\n1,2\n"), COLUMNS, ".").rows
    assert np.isnan(rows.arrays["age"]).all()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"zip,age\n1,2\n", "visits"),
        (b"zip,visits\n1,many\n", "visits"),
        (b"zip,visits\n1,2.5\n", "visits"),
        (b"zip,visits\n1,\n", "no row"),
        (b"zip,visits,visits\n1,2,3\n", "visits"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(text: bytes, named: str) -> None:
    with pytest.raises(DataError, match=named) as caught:
        read_rows(read_csv(text), COLUMNS, ".")
    assert "\n" not in str(caught.value)


def test_a_bad_cell_is_named_by_its_row_in_the_file() -> None:
    """Also behind rows that are left out."""
    with pytest.raises(DataError, match="row 3, column 'visits'"):
        read_rows(read_csv(b"zip,visits\n1,2\n1,\n1,many\n"), COLUMNS, ".")


def test_parquet_gives_the_same_rows() -> None:
    frame = pd.DataFrame(
        {
            "age": [41.5, None, 1.0],
            "visits": [3, 4, 7],
            "zip": ["07001", "1200", "55"],
            "paid": [True, False, None],
        }
    )
    buffer = io.BytesIO()
    frame = frame.astype({"paid": "boolean", "zip": "string"})
    write_parquet(ArrowTable.from_pydict(_to_arrow(frame)), buffer)
    file = parquet_file.parse(buffer.getvalue(), "some.parquet")
    from_parquet = read_rows(file, COLUMNS, ".").rows
    from_csv = read_rows(read_csv(CSV), COLUMNS, ".").rows
    pd.testing.assert_frame_equal(from_parquet.to_frame(), from_csv.to_frame())


def _to_arrow(frame: pd.DataFrame) -> dict[str, Any]:
    from arro3.core import Array, DataType  # noqa: PLC0415

    kinds = {
        "age": DataType.float64(),
        "visits": DataType.int64(),
        "zip": DataType.string(),
        "paid": DataType.bool(),
    }
    return {
        name: Array([None if pd.isna(v) else v for v in frame[name].tolist()], kind)
        for name, kind in kinds.items()
    }
