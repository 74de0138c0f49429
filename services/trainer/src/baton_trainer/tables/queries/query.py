"""Runs a query on the database that a URL names."""

from urllib.parse import urlsplit

from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.queries import database, duckdb_database

_DUCKDB = "duckdb"


def read_query(url: str, query: str) -> DataFile:
    """Runs a query and reads all of its rows.

    Args:
        url: `duckdb:///FILE`, `duckdb://` for one without a file, or a URL of SQLAlchemy
            (https://docs.sqlalchemy.org/en/21/core/engines.html#database-urls), without a password.
        query: one statement that returns rows. Only with an ORDER BY are they the same rows in the
            same order each time, so that the training can be reproduced.

    Raises:
        DataError: no driver is installed, or the database refuses the connection or the query.
    """
    if urlsplit(url).scheme == _DUCKDB:
        return duckdb_database.read_query(url, query)
    return database.read_query(url, query)
