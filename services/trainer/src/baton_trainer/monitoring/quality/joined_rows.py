"""Joins labels with the predictions that they are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from baton_common.prediction_log import REQUEST_ID, SAMPLING, TIME
from baton_trainer.monitoring.log_reader import PREDICTION_FIELDS, LogReader
from baton_trainer.monitoring.quality.labels import TRUTH, Labels
from baton_trainer.monitoring.quality.request import QualityRequest
from baton_trainer.monitoring.quality.row_identity import (
    IDENTITY,
    exclude_rows,
    find_repeated,
    select_rows,
)


@dataclass(frozen=True)
class VersionRows:
    """The predictions of one version.

    Attributes:
        version: its number.
        rows: how many rows the log has of it.
        ripe: how many of them are old enough to count.
        labelled: how many of those have a label.
        unknown: how many of those have labels, none of which counts, and so are not silent; 0
            without `silence`.
        least_sampling: the least share of rows that the log kept; 1 if it kept all.
        frame: the ripe rows that count: the columns of the log without features, and `TRUTH`.
    """

    version: str
    rows: int
    ripe: int
    labelled: int
    unknown: int
    least_sampling: float
    frame: pd.DataFrame


@dataclass(frozen=True)
class JoinedRows:
    """The predictions with their labels.

    Attributes:
        versions: by version number, in the order of the numbers.
        without_prediction: labels of rows that the log does not have, or not since `since`.
        repeated: rows that the log has more than once, under one request id. A label may be about
            any of them, so they join nothing.
        unripe: labels of predictions that are not old enough.
    """

    versions: Mapping[str, VersionRows]
    without_prediction: int
    repeated: int
    unripe: int

    @property
    def unknown(self) -> int:
        """The rows of all versions that are neither labelled nor silent."""
        return sum(each.unknown for each in self.versions.values())


@dataclass(frozen=True)
class _LoggedRows:
    """The rows of a version that a label may be about."""

    rows: int
    ripe: int
    least_sampling: float
    frame: pd.DataFrame


def join_rows(log: LogReader, model: str, labels: Labels, request: QualityRequest) -> JoinedRows:
    """Joins the labels with the predictions of all versions.

    Only rows that a label may be about are kept in memory: those of a labelled request or, with
    `silence`, all of them.

    Raises:
        DataError: the log cannot be listed.
    """
    logged = {
        version: _read_rows(log, model, version, labels, request)
        for version in log.list_versions(model)
    }
    empty = PREDICTION_FIELDS.empty_table().to_pandas()
    names = pd.concat([each[IDENTITY] for each in (empty, *(r.frame for r in logged.values()))])
    repeated = find_repeated(names)
    versions = {
        version: _join_version(version, rows, repeated, labels, request)
        for version, rows in logged.items()
    }
    return _count_labels(versions, names, repeated, labels, request)


def _count_labels(
    versions: Mapping[str, VersionRows],
    names: pd.DataFrame,
    repeated: pd.DataFrame,
    labels: Labels,
    request: QualityRequest,
) -> JoinedRows:
    """Counts what became of the labels; `names` and `repeated` name rows of all versions."""
    in_log = select_rows(labels.frame, names)
    joinable = exclude_rows(in_log, repeated)
    if request.silence is None:
        repeated = select_rows(repeated, labels.frame)  # the others have no label to lose
    return JoinedRows(
        versions=versions,
        without_prediction=len(labels.frame) - len(in_log),
        repeated=len(repeated),
        unripe=len(joinable) - sum(each.labelled for each in versions.values()),
    )


def _read_rows(
    log: LogReader, model: str, version: str, labels: Labels, request: QualityRequest
) -> _LoggedRows:
    ids = pa.array(labels.frame[REQUEST_ID].unique(), pa.string())
    rows = ripe = 0
    least_sampling = 1.0
    parts = []
    for table in log.iter_predictions(model, version, since=request.since, has_features=False):
        rows += table.num_rows
        ripe += pc.sum(_is_ripe(table[TIME], request)).as_py() or 0
        least_sampling = min([least_sampling, *_list_minimum(table)])
        is_labelled = pc.is_in(table[REQUEST_ID], value_set=ids)
        parts.append(table.filter(is_labelled) if request.silence is None else table)
    empty = PREDICTION_FIELDS.empty_table()
    frame = pa.concat_tables([empty, *parts], promote_options="permissive").to_pandas()
    return _LoggedRows(rows, ripe, least_sampling, frame)


def _is_ripe(times: pa.ChunkedArray, request: QualityRequest) -> pa.ChunkedArray:
    return pc.less_equal(times, pa.scalar(request.ripe_until, times.type))


def _list_minimum(table: pa.Table) -> Iterator[float]:
    if SAMPLING in table.column_names:
        least = pc.min(table[SAMPLING]).as_py()
        yield from [] if least is None else [least]


def _join_version(
    version: str,
    logged: _LoggedRows,
    repeated: pd.DataFrame,
    labels: Labels,
    request: QualityRequest,
) -> VersionRows:
    ripe = logged.frame[(logged.frame[TIME] <= request.ripe_until).to_numpy()]
    rows = exclude_rows(ripe, repeated).merge(labels.frame, on=IDENTITY, how="left")
    labelled = int(rows[TRUTH].notna().sum())
    unknown = 0
    if request.silence is None:
        rows = rows[rows[TRUTH].notna()]
    else:
        silent_or_labelled = exclude_rows(rows, labels.ignored)
        unknown = len(rows) - len(silent_or_labelled)
        rows = silent_or_labelled.fillna({TRUTH: request.silence})
    return VersionRows(
        version=version,
        rows=logged.rows,
        ripe=logged.ripe,
        labelled=labelled,
        unknown=unknown,
        least_sampling=logged.least_sampling,
        frame=rows.reset_index(drop=True),
    )
