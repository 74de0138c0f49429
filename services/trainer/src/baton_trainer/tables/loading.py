"""The table that a request asks for."""

from baton_trainer.request import Data, TrainRequest
from baton_trainer.tables import churn, table
from baton_trainer.tables.files import csv_file, reading
from baton_trainer.tables.table import Table

BUILT_IN = "built-in churn table"
_PLAIN = Data(separator=",", encoding="utf-8", decimal=".")


def load(request: TrainRequest) -> Table:
    """Reads and validates it.

    Raises:
        DataError: it cannot be trained on.
    """
    if request.data.file is None:
        file = csv_file.parse(churn.generate().to_csv(index=False).encode(), BUILT_IN, _PLAIN)
    else:
        file = reading.read(request.data.file, request.data)
    return table.validated(file, request.columns)
