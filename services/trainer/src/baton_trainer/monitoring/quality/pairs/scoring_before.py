"""Scores logged rows with another version, as inference would have."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from arro3.core import Array as ArrowArray
from numpy.typing import NDArray

from baton_common.prediction_log import FEATURE, MAX_TEXT, OTHER, REQUEST_ID, ROW
from baton_common.texts import get_first_line
from baton_engine.tables.arrow_values import read_texts, read_values
from baton_engine.tables.columns import Array
from baton_engine.tables.output_columns import build_output_columns, list_output_fields
from baton_engine.tables.typed_values import cast_typed_values
from baton_engine.tables.values import Texts
from baton_registry.versions.schema import Column
from baton_trainer.errors import NotComparable
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.monitoring.prediction_log import PredictionLog
from baton_trainer.monitoring.quality.labels import IDENTITY


class LoggedVersion(NamedTuple):
    """A version's predictions in a log.

    Attributes:
        log: the prediction log.
        model: the registered model.
        version: the number of the version that answered.
        since: the time of the first row; None: all that the log has.
    """

    log: PredictionLog
    model: str
    version: str
    since: datetime | None

    def iter_tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Reads these columns file by file."""
        return self.log.iter_predictions(
            self.model, self.version, since=self.since, columns=columns
        )


def score_logged_rows(
    logged: LoggedVersion, wanted: pd.DataFrame, scorer: ComparableModel
) -> pd.DataFrame:
    """Scores rows of one version with another one, file by file.

    Args:
        logged: the version that answered the rows.
        wanted: the rows, by the columns `IDENTITY`.
        scorer: the other version.

    Returns:
        `IDENTITY` and the outputs of the scorer, with the prefix `other_`.

    Raises:
        NotComparable: the log lacks a feature of the scorer, or the scorer fails on a row.
    """
    names = [FEATURE + column.name for column in scorer.schema.columns]
    parts = []
    for table in logged.iter_tables([REQUEST_ID, ROW, *names]):
        rows = (
            table.select(IDENTITY)
            .to_pandas()
            .merge(wanted, on=IDENTITY, how="left", indicator=True)
        )
        is_chosen = (rows["_merge"] == "both").to_numpy() & ~_may_be_cut(table, names)
        chosen = table.filter(pa.array(is_chosen))
        if chosen.num_rows:
            parts.append(_score(chosen, scorer, names))
    return pd.concat(parts) if parts else wanted.head(0)


def _may_be_cut(table: pa.Table, names: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows have a text so long that the log may have cut it: they are other rows now."""
    is_cut = np.zeros(table.num_rows, np.bool_)
    for name in names:
        if name in table.column_names and pa.types.is_string(table.schema.field(name).type):
            lengths = pc.fill_null(pc.utf8_length(table[name]), 0)
            is_cut |= lengths.to_numpy() >= MAX_TEXT
    return is_cut


def _score(table: pa.Table, scorer: ComparableModel, names: Sequence[str]) -> pd.DataFrame:
    missing = [name.removeprefix(FEATURE) for name in names if name not in table.column_names]
    if missing:
        raise NotComparable(
            f"{scorer.name} needs column {missing[0]!r}, which the log does not have: it is"
            " private, BATON_PREDICTIONS_COLUMNS leaves it out, or callers did not send it"
        )
    try:
        arrays = {
            column.name: _read_column(column, table[FEATURE + column.name])
            for column in scorer.schema.columns
        }
        scores = scorer.engine.score(arrays)
    except Exception as error:  # ONNX Runtime's errors have no common base but Exception
        reason = get_first_line(error)
        raise NotComparable(f"{scorer.name} fails on logged rows: {reason}") from error
    outputs = scorer.engine.output_schema
    columns = zip(list_output_fields(outputs), build_output_columns(scores, outputs), strict=True)
    frame: pd.DataFrame = table.select(IDENTITY).to_pandas()
    return frame.assign(
        **{OTHER + field.name: pa.array(array).to_pandas() for field, array in columns}
    )


def _read_column(column: Column, values: pa.ChunkedArray) -> Array:
    """Reads a column as `baton score` reads one of a Parquet file."""
    array = ArrowArray.from_arrow(values.combine_chunks())
    read = read_texts(array) if column.type == "string" else read_values(array)
    if isinstance(read, Texts):
        read = replace(read, distinct=[text or None for text in read.distinct])
    return cast_typed_values(column, read)
