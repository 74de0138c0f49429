"""Parquet files that the Arrow library does not survive."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_engine.tables.parquet_reader import UnreadableColumn, open_parquet


def written(array: Any) -> bytes:
    """A Parquet file of one column, `c`."""
    content = io.BytesIO()
    pq.write_table(pa.table({"c": array}), content)
    return content.getvalue()


@pytest.mark.parametrize("values", [[True, None], pa.array([b"ab"], pa.binary(2))])
def test_dictionaries_that_end_the_process_are_refused(values: Any) -> None:
    """A categorical column of booleans in pandas is written so."""
    with pytest.raises(UnreadableColumn, match="column 'c' is a dictionary"):
        open_parquet(written(pa.array(values).dictionary_encode()), 10)


def test_other_columns_are_read() -> None:
    """Dictionaries of texts among them."""
    for values in (pa.array(["a", "b"]).dictionary_encode(), [True, False]):
        assert open_parquet(written(values), 10).read_all().num_rows == 2
