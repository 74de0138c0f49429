"""The table that a request asks for."""

from dataclasses import replace

from baton_engine.tables.text.reader_rule import TRIMMED, ReaderRule
from baton_trainer.request import Data, TrainRequest
from baton_trainer.tables import churn, table
from baton_trainer.tables.files import csv_file, reading
from baton_trainer.tables.table import Table

BUILT_IN = "built-in churn table"
_PLAIN = Data(separator=",", encoding="utf-8", decimal=".")


def load(request: TrainRequest, rule: ReaderRule = TRIMMED) -> Table:
    """Reads and validates it, the cells of a text file by a rule.

    Raises:
        DataError: it cannot be trained on.
    """
    if request.data.file is None:
        content = churn.generate().to_csv(index=False).encode()
        file = csv_file.parse(content, BUILT_IN, _PLAIN, rule)
    else:
        file = reading.read(request.data.file, request.data, rule)
    found = table.build_table(file, request.columns)
    if not file.has_trimmed:
        return found
    return replace(found, reread=lambda other: found if other == rule else load(request, other))
