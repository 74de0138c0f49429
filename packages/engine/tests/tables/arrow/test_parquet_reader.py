"""Parquet files that crash the Arrow library."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_engine.tables.arrow.parquet_reader import UnreadableColumn, open_parquet


def write_parquet(array: Any) -> bytes:
    """A Parquet file of one column, `c`."""
    content = io.BytesIO()
    pq.write_table(pa.table({"c": array}), content)
    return content.getvalue()


@pytest.mark.parametrize("values", [[True, None], pa.array([b"ab"], pa.binary(2))])
def test_fatal_dictionaries_are_rejected(values: Any) -> None:
    """Pandas writes a categorical column of booleans like this."""
    with pytest.raises(UnreadableColumn, match="column 'c' is a dictionary"):
        open_parquet(write_parquet(pa.array(values).dictionary_encode()), 10)


def test_other_columns_are_read() -> None:
    """Also dictionaries of texts."""
    for values in (pa.array(["a", "b"]).dictionary_encode(), [True, False]):
        assert open_parquet(write_parquet(values), 10).read_all().num_rows == 2
