"""Loads the table that a request names."""

from dataclasses import replace

from baton_engine.tables.text.reader_rule import TRIM_WHITE_SPACE, ReaderRule
from baton_trainer.request import Data, TrainRequest
from baton_trainer.tables import churn
from baton_trainer.tables.files import csv_file, reading
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table

BUILT_IN = "built-in churn table"
_PLAIN = Data(separator=",", encoding="utf-8", decimal=".")


def load(request: TrainRequest, rule: ReaderRule = TRIM_WHITE_SPACE) -> Table:
    """Reads and validates a table; `rule` says how to read the cells of a text file.

    Raises:
        DataError: the table cannot be trained on.
    """
    if request.data.file is None:
        content = churn.generate().to_csv(index=False).encode()
        file = csv_file.parse(content, BUILT_IN, _PLAIN, rule)
    else:
        file = reading.read(request.data.file, request.data, rule)
    table = build_table(file, request.columns, request.train.task)
    if not file.has_trimmed:
        return table
    return replace(table, reread=lambda other: table if other == rule else load(request, other))
