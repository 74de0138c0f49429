"""Runs a query by SQLAlchemy, in any database that it has a driver for."""

from collections.abc import Iterator
from typing import Any

from baton_common.settings import SettingsError
from baton_common.texts import get_first_line
from baton_trainer.errors import DataError
from baton_trainer.settings import PASSWORD_VARIABLE, read_database_password
from baton_trainer.tables.files.arrow_table import build_data_file
from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.queries.column_builder import ColumnBuilder

_PART_ROWS = 16_384
"""The rows that are Python objects at the same time."""


def read_query(url: str, query: str) -> DataFile:
    """Runs a query and reads all of its rows. Changes of the database are rolled back.

    Raises:
        DataError: SQLAlchemy or the driver is not installed, or the database refuses the connection
            or the query.
    """
    try:
        import sqlalchemy as sql  # noqa: PLC0415 - an option
    except ModuleNotFoundError as error:
        raise DataError(
            f"{url}: SQLAlchemy is not installed; run: pip install 'baton-trainer[sql]'"
        ) from error
    try:
        engine = _create_engine(sql, url)
    except ModuleNotFoundError as error:
        raise DataError(
            f"{url}: the driver {error.name} of this database is not installed; install it"
        ) from error
    try:
        parts = _read_parts(engine, query)
        names = next(parts)
        builders = [ColumnBuilder() for _ in names]
        rows = 0
        for part in parts:
            rows += len(part)
            for builder, cells in zip(builders, zip(*part, strict=True), strict=True):
                builder.add(cells)
    except sql.exc.SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise DataError(
            f"{url}: {get_first_line(cause)}; fix the query or the address; a password comes from"
            f" {PASSWORD_VARIABLE}"
        ) from error
    finally:
        engine.dispose()
    columns = [builder.build() for builder in builders]
    return build_data_file(list(zip(names, columns, strict=True)), rows, url)


def _create_engine(sql: Any, url: str) -> Any:
    """Creates the engine; the password comes from the environment.

    Raises:
        DataError: the URL is no address of a database, or names an SQLite file that is not there,
            which SQLite would create.
        ModuleNotFoundError: the driver is not installed.
    """
    try:
        address = sql.make_url(url)
        if password := _read_password():
            address = address.set(password=password)
        if address.get_backend_name() == "sqlite" and address.database:
            address = address.set(
                database=f"file:{address.database}", query={"mode": "ro", "uri": "true"}
            )
        return sql.create_engine(address)
    except sql.exc.ArgumentError as error:
        raise DataError(
            f"{url}: no database that SQLAlchemy knows; write e.g. postgresql://user@host/database"
        ) from error


def _read_password() -> str:
    try:
        return read_database_password()
    except SettingsError as error:
        raise DataError(str(error)) from error


def _read_parts(engine: Any, query: str) -> Iterator[Any]:
    """Returns the names of the columns, then rows, at most `_PART_ROWS` at a time."""
    # Without parameters a driver takes the text as it is: `%` and `:name` mean nothing in it.
    options = {"no_parameters": True, "stream_results": True, "max_row_buffer": _PART_ROWS}
    with engine.connect().execution_options(**options) as connection:
        result = connection.exec_driver_sql(query)
        yield list(result.keys())
        yield from result.partitions(_PART_ROWS)
