"""Joins labels with the predictions that they are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from baton_trainer.monitoring.log_reader import PREDICTION_FIELDS, LogReader
from baton_trainer.monitoring.quality.labels import TRUTH, Labels
from baton_trainer.monitoring.quality.logged_rows import LoggedRows, read_logged_rows
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
        oldest: the time of the first of its rows; None if it has none.
        least_sampling: the least share of rows that the log kept; 1 if it kept all.
        frame: the ripe rows that count: the columns of `LoggedRows`, and `TRUTH`.
    """

    version: str
    rows: int
    ripe: int
    labelled: int
    unknown: int
    oldest: datetime | None
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

    @property
    def oldest(self) -> datetime | None:
        """The time of the first row of all versions; None if there are none."""
        times = (each.oldest for each in self.versions.values())
        return min((time for time in times if time is not None), default=None)


def join_rows(log: LogReader, model: str, labels: Labels, request: QualityRequest) -> JoinedRows:
    """Joins the labels with the predictions of all versions.

    Raises:
        DataError: the log cannot be listed.
    """
    logged = {
        version: read_logged_rows(log, model, version, labels, request)
        for version in log.list_versions(model)
    }
    none = PREDICTION_FIELDS.empty_table().select(IDENTITY).to_pandas()
    names = pd.concat([none, *(rows.identities for rows in logged.values())])
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


def _join_version(
    version: str,
    logged: LoggedRows,
    repeated: pd.DataFrame,
    labels: Labels,
    request: QualityRequest,
) -> VersionRows:
    rows = exclude_rows(logged.frame, repeated).merge(labels.frame, on=IDENTITY, how="left")
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
        oldest=logged.oldest,
        least_sampling=logged.least_sampling,
        frame=rows.reset_index(drop=True),
    )
