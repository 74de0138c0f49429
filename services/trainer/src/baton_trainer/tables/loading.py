"""Loads the table that a request names."""

from dataclasses import replace

from baton_engine.tables.text.reader_rule import TRIM_WHITE_SPACE, ReaderRule
from baton_trainer.errors import DataError
from baton_trainer.request import Data, TrainRequest
from baton_trainer.tables import churn
from baton_trainer.tables.files import csv_file, reading
from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.queries.query import read_query
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table

BUILT_IN = "built-in churn table"
_PLAIN = Data(separator=",", encoding="utf-8", decimal=".")


def load(request: TrainRequest, rule: ReaderRule = TRIM_WHITE_SPACE) -> Table:
    """Reads and validates a table; `rule` says how to read the cells of a text file.

    Raises:
        DataError: the table cannot be trained on.
    """
    file = _read(request.data, rule)
    table = build_table(file, request.columns, request.train.task)
    if not file.has_trimmed:
        return table
    return replace(table, reread=lambda other: table if other == rule else load(request, other))


def _read(data: Data, rule: ReaderRule) -> DataFile:
    if data.query is not None:
        if not isinstance(data.file, str):
            raise DataError(
                "--query needs the URL of a database, e.g. --data postgresql://user@host/database"
            )
        return read_query(data.file, data.query)
    if data.file is None:
        content = churn.generate().to_csv(index=False).encode()
        return csv_file.parse(content, BUILT_IN, _PLAIN, rule)
    return reading.read(data.file, data, rule)
