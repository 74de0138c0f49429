"""Joins labels with the predictions that they are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from baton_common.prediction_log import REQUEST_ID, SAMPLING, TIME
from baton_trainer.monitoring.prediction_log import PREDICTION_FIELDS, PredictionLog
from baton_trainer.monitoring.quality.labels import IDENTITY, TRUTH, Labels
from baton_trainer.monitoring.quality.request import QualityRequest

_VERSION = "version"


@dataclass(frozen=True)
class VersionRows:
    """The predictions of one version.

    Attributes:
        version: its number.
        rows: how many rows the log has of it.
        ripe: how many of them are old enough to count.
        labelled: how many of those have a label.
        least_sampling: the least share of rows that the log kept; 1 if it kept all.
        frame: the ripe rows that count: the columns of the log without features, and `TRUTH`.
    """

    version: str
    rows: int
    ripe: int
    labelled: int
    least_sampling: float
    frame: pd.DataFrame


@dataclass(frozen=True)
class JoinedRows:
    """The predictions with their labels.

    Attributes:
        versions: by version number, in the order of the numbers.
        without_prediction: labels of rows that the log does not have.
        repeated: rows that the log has more than once, under one request id. A label may be about
            any of them, so they join nothing.
        unripe: labels of predictions that are not old enough.
    """

    versions: Mapping[str, VersionRows]
    without_prediction: int
    repeated: int
    unripe: int


@dataclass(frozen=True)
class _Kept:
    """The rows of a version that a label may be about."""

    rows: int
    ripe: int
    least_sampling: float
    frame: pd.DataFrame


def join_rows(
    log: PredictionLog, model: str, labels: Labels, request: QualityRequest
) -> JoinedRows:
    """Joins the labels with the predictions of all versions.

    Only rows that a label may be about are kept in memory: those of a labelled request or, with
    `silence`, all of them.

    Raises:
        DataError: the log cannot be listed.
    """
    kept = {
        version: _keep_rows(log, model, version, labels, request)
        for version in log.list_versions(model)
    }
    parts = [each.frame[IDENTITY].assign(**{_VERSION: name}) for name, each in kept.items()]
    nothing = PREDICTION_FIELDS.empty_table().select(IDENTITY).to_pandas().assign(**{_VERSION: ""})
    every = pd.concat([nothing, *parts])
    is_repeated = every.duplicated(IDENTITY, keep=False)
    again = every[is_repeated].drop_duplicates(IDENTITY)[IDENTITY]
    if request.silence is None:
        again = again.merge(labels.frame, on=IDENTITY)
    known = labels.frame.merge(every.drop_duplicates(IDENTITY), on=IDENTITY)
    versions = {
        name: _join_version(name, each, is_repeated[every[_VERSION] == name], labels, request)
        for name, each in kept.items()
    }
    matched = known.merge(again[IDENTITY], on=IDENTITY, how="left", indicator=True)
    once = int((matched["_merge"] == "left_only").sum())
    return JoinedRows(
        versions=versions,
        without_prediction=len(labels.frame) - len(known),
        repeated=len(again),
        unripe=once - sum(each.labelled for each in versions.values()),
    )


def _keep_rows(
    log: PredictionLog, model: str, version: str, labels: Labels, request: QualityRequest
) -> _Kept:
    ids = pa.array(labels.frame[REQUEST_ID].unique(), pa.string())
    rows = ripe = 0
    least_sampling = 1.0
    parts = []
    for table in log.iter_predictions(model, version, since=request.since, has_features=False):
        rows += table.num_rows
        ripe += pc.sum(_is_ripe(table[TIME], request)).as_py() or 0
        least_sampling = min([least_sampling, *_list_minimum(table)])
        is_kept = pc.is_in(table[REQUEST_ID], value_set=ids)
        parts.append(table.filter(is_kept) if request.silence is None else table)
    empty = PREDICTION_FIELDS.empty_table()
    frame = pa.concat_tables([empty, *parts], promote_options="permissive").to_pandas()
    return _Kept(rows, ripe, least_sampling, frame)


def _is_ripe(times: pa.ChunkedArray, request: QualityRequest) -> pa.ChunkedArray:
    return pc.less_equal(times, pa.scalar(request.ripe_until, times.type))


def _list_minimum(table: pa.Table) -> Iterator[float]:
    if SAMPLING in table.column_names:
        least = pc.min(table[SAMPLING]).as_py()
        yield from [] if least is None else [least]


def _join_version(
    version: str,
    kept: _Kept,
    is_repeated: "pd.Series[bool]",
    labels: Labels,
    request: QualityRequest,
) -> VersionRows:
    frame = kept.frame[~is_repeated.to_numpy()]
    frame = frame[(frame[TIME] <= request.ripe_until).to_numpy()]
    frame = frame.merge(labels.frame, on=IDENTITY, how="left")
    labelled = int(frame[TRUTH].notna().sum())
    if request.silence is None:
        frame = frame[frame[TRUTH].notna()]
    else:
        frame = frame.fillna({TRUTH: request.silence})
    frame = frame.reset_index(drop=True)
    return VersionRows(version, kept.rows, kept.ripe, labelled, kept.least_sampling, frame)
