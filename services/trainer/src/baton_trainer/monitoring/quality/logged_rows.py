"""Reads the rows of a version that a label may be about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from baton_common.prediction_log import ALIAS, PROTOCOL, REQUEST_ID, SAMPLING, TIME
from baton_trainer.monitoring.log_reader import PREDICTION_FIELDS, LogReader
from baton_trainer.monitoring.quality.labels import Labels
from baton_trainer.monitoring.quality.request import QualityRequest
from baton_trainer.monitoring.quality.row_identity import IDENTITY

_UNUSED = (PROTOCOL, ALIAS, SAMPLING)
"""Columns that no figure needs; in pandas, each text would be a Python object."""


@dataclass(frozen=True)
class LoggedRows:
    """The rows of a version that a label may be about.

    Attributes:
        rows: how many rows the log has of the version, whether or not a label may be about them.
        ripe: how many of those are old enough to count.
        oldest: the time of the first of those; None if there are none.
        least_sampling: the least share of rows that the log kept; 1 if it kept all.
        frame: the ripe rows: the columns of the log that figures need, without features.
        unripe: the other rows, by the columns `IDENTITY`.
    """

    rows: int
    ripe: int
    oldest: datetime | None
    least_sampling: float
    frame: pd.DataFrame
    unripe: pd.DataFrame

    @property
    def identities(self) -> pd.DataFrame:
        """All of these rows, by the columns `IDENTITY`."""
        return pd.concat([self.frame[IDENTITY], self.unripe])


def read_logged_rows(
    log: LogReader, model: str, version: str, labels: Labels, request: QualityRequest
) -> LoggedRows:
    """Reads the rows of a version file by file.

    A label may be about the rows of a labelled request or, with `silence`, about all.

    Raises:
        DataError: the log cannot be listed.
    """
    ids = pa.array(labels.frame[REQUEST_ID].unique(), pa.string())
    rows = ripe_rows = 0
    times: list[datetime] = []
    shares = [1.0]
    empty = _drop_unused(PREDICTION_FIELDS.empty_table())
    ripe, unripe = [empty], [empty.select(IDENTITY)]
    for table in log.iter_predictions(model, version, since=request.since, has_features=False):
        is_ripe = pc.less_equal(table[TIME], pa.scalar(request.ripe_until, table[TIME].type))
        rows += table.num_rows
        ripe_rows += pc.sum(is_ripe).as_py() or 0
        times += _list_minimum(table, TIME)
        shares += _list_minimum(table, SAMPLING)
        if request.silence is None:
            is_labelled = pc.is_in(table[REQUEST_ID], value_set=ids)
            table, is_ripe = table.filter(is_labelled), is_ripe.filter(is_labelled)  # noqa: PLW2901
        ripe.append(_drop_unused(table.filter(is_ripe)))
        unripe.append(table.select(IDENTITY).filter(pc.invert(pc.fill_null(is_ripe, False))))
    frames = [_concatenate(each) for each in (ripe, unripe)]
    return LoggedRows(rows, ripe_rows, min(times, default=None), min(shares), *frames)


def _drop_unused(table: pa.Table) -> pa.Table:
    return table.select([name for name in table.column_names if name not in _UNUSED])


def _concatenate(tables: list[pa.Table]) -> pd.DataFrame:
    frame: pd.DataFrame = pa.concat_tables(tables, promote_options="permissive").to_pandas()
    return frame


def _list_minimum(table: pa.Table, name: str) -> Iterator[Any]:
    """Yields the least value of a column, if the table has one."""
    if name in table.column_names:
        least = pc.min(table[name]).as_py()
        yield from [] if least is None else [least]
