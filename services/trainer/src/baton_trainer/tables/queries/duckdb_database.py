"""Runs a query in DuckDB: on its own file, or on Parquet and CSV files that the query names."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from arro3.core import Table

from baton_common.texts import get_first_line
from baton_trainer.errors import DataError
from baton_trainer.tables.files.arrow_table import build_data_file
from baton_trainer.tables.files.data_file import DataFile


def read_query(url: str, query: str) -> DataFile:
    """Runs a query and reads all of its rows; the file is opened for reading only.

    Raises:
        DataError: DuckDB is not installed, cannot open the file, or refuses the query.
    """
    try:
        import duckdb  # noqa: PLC0415 - an option
    except ModuleNotFoundError as error:
        raise DataError(
            f"{url}: DuckDB is not installed; run: pip install 'baton-trainer[duckdb]'"
        ) from error
    try:
        with _connect(duckdb, url) as connection:
            result = connection.sql(query)
            if result is None:
                raise DataError(f"{url}: the query returns no rows; write one SELECT")
            table = Table.from_arrow(result)
    except duckdb.Error as error:
        raise DataError(f"{url}: {get_first_line(error)}; fix the query or the address") from error
    return build_data_file(
        [(name, table.column(at)) for at, name in enumerate(table.column_names)],
        table.num_rows,
        url,
    )


def _connect(duckdb: Any, url: str) -> Any:
    """Opens `duckdb:///FILE`; a path after three slashes is relative, after four absolute."""
    file = urlsplit(url).path.removeprefix("/")
    if not file:
        return duckdb.connect()
    return duckdb.connect(Path(file), read_only=True)
