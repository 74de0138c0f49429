"""Scores logged rows with another version, as inference would have."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from baton_common.prediction_log import FEATURE, MAX_TEXT, OTHER, REQUEST_ID, ROW
from baton_common.texts import get_first_line
from baton_engine.tables.output_columns import build_output_columns, list_output_fields
from baton_trainer.errors import NotComparable
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.monitoring.log_reader import LogReader
from baton_trainer.monitoring.quality.pairs.logged_features import read_features
from baton_trainer.monitoring.quality.row_identity import IDENTITY


class LoggedVersion(NamedTuple):
    """A version's predictions in a log.

    Attributes:
        log: the prediction log.
        model: the registered model.
        version: the number of the version that answered.
        since: the time of the first row; None: all that the log has.
    """

    log: LogReader
    model: str
    version: str
    since: datetime | None

    def iter_tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Reads these columns file by file."""
        return self.log.iter_predictions(
            self.model, self.version, since=self.since, columns=columns
        )


class ScoredRows(NamedTuple):
    """Rows that another version was given.

    Attributes:
        frame: those that it has scored: `IDENTITY`, and its outputs with the prefix `other_`.
        rejected: how many it rejects, as inference would have: they lack a value that it requires,
            or a value does not fit the type of its column.
        cut: how many have a text that the log may have cut, so that they are other rows now.
        unscored: how many are in files that lack a feature, or that it fails on.
        problem: why the first of these files is not scored; empty if all are.
    """

    frame: pd.DataFrame
    rejected: int = 0
    cut: int = 0
    unscored: int = 0
    problem: str = ""


def score_logged_rows(
    logged: LoggedVersion, wanted: pd.DataFrame, scorer: ComparableModel
) -> ScoredRows:
    """Scores rows of one version with another one, file by file.

    Args:
        logged: the version that answered the rows.
        wanted: the rows, by the columns `IDENTITY`.
        scorer: the other version.
    """
    names = [FEATURE + column.name for column in scorer.schema.columns]
    parts = []
    rejected = cut = unscored = 0
    problem = ""
    for table in logged.iter_tables([REQUEST_ID, ROW, *names]):
        rows = (
            table.select(IDENTITY)
            .to_pandas()
            .merge(wanted, on=IDENTITY, how="left", indicator=True)
        )
        is_wanted, is_cut = (rows["_merge"] == "both").to_numpy(), _may_be_cut(table, names)
        cut += int((is_wanted & is_cut).sum())
        chosen = table.filter(pa.array(is_wanted & ~is_cut))
        try:
            scored = _score(chosen, scorer, names)
        except NotComparable as error:  # other files may have other columns
            unscored += chosen.num_rows
            problem = problem or str(error)
            continue
        rejected += scored.rejected
        parts += [scored.frame] if len(scored.frame) else []
    frame = pd.concat(parts) if parts else wanted.head(0)
    return ScoredRows(frame, rejected, cut, unscored, problem)


def _may_be_cut(table: pa.Table, names: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows have a text so long that the log may have cut it: they are other rows now."""
    is_cut = np.zeros(table.num_rows, np.bool_)
    for name in names:
        if name in table.column_names and pa.types.is_string(table.schema.field(name).type):
            lengths = pc.fill_null(pc.utf8_length(table[name]), 0)
            is_cut |= lengths.to_numpy() >= MAX_TEXT
    return is_cut


def _score(table: pa.Table, scorer: ComparableModel, names: Sequence[str]) -> ScoredRows:
    rows = table.select(IDENTITY).to_pandas()
    if rows.empty:
        return ScoredRows(rows)
    missing = [name.removeprefix(FEATURE) for name in names if name not in table.column_names]
    if missing:
        raise NotComparable(
            f"{scorer.name} needs column {missing[0]!r}, which the log does not have: it is"
            " private, BATON_PREDICTIONS_COLUMNS leaves it out, or callers did not send it"
        )
    try:
        arrays, is_accepted = read_features(table, scorer.schema.columns)
        accepted = rows[is_accepted].reset_index(drop=True)
        if accepted.empty:
            return ScoredRows(accepted, rejected=len(rows))
        scores = scorer.engine.score(arrays)
    except Exception as error:  # ONNX Runtime's errors have no common base but Exception
        reason = get_first_line(error)
        raise NotComparable(f"{scorer.name} fails on logged rows: {reason}") from error
    outputs = scorer.engine.output_schema
    columns = zip(list_output_fields(outputs), build_output_columns(scores, outputs), strict=True)
    answers = {OTHER + field.name: pa.array(array).to_pandas() for field, array in columns}
    return ScoredRows(accepted.assign(**answers), rejected=len(rows) - len(accepted))
