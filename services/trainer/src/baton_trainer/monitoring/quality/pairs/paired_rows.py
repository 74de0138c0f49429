"""Rows that two versions scored: pairs of the log, and rows that the version before scores now."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from baton_common.prediction_log import KEY, OTHER, OTHER_VERSION, TIME
from baton_registry.versions.output_schema import LABEL, VALUE
from baton_trainer.errors import NotComparable
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.monitoring.quality.joined_rows import VersionRows
from baton_trainer.monitoring.quality.outcomes import PROBABILITY, build_live_outcome
from baton_trainer.monitoring.quality.pairs.scoring_before import (
    LoggedVersion,
    ScoredRows,
    score_logged_rows,
)
from baton_trainer.monitoring.quality.row_identity import IDENTITY, exclude_rows


@dataclass(frozen=True)
class PairedRows:
    """Rows that two versions scored, in the order of time.

    Attributes:
        outcome: of the version.
        before: of the one before, for the same rows.
        logged: how many of the rows the log has as pairs; the version before scored the others now.
    """

    outcome: Outcome
    before: Outcome
    logged: int


def find_logged_pairs(
    rows: VersionRows, before: str, rows_before: VersionRows | None
) -> pd.DataFrame:
    """Finds the rows that the log has as pairs, whichever of the two versions answered.

    Args:
        rows: of the version.
        before: the number of the version before.
        rows_before: its rows; None if it has none. It was in production during a rollout.

    Returns:
        the outputs of the version by their names, and those of the one before with `other_`.
    """
    pairs = _select_pairs(rows.frame, before)
    if rows_before is None:
        return pairs
    earlier = _swap(_select_pairs(rows_before.frame, rows.version))
    parts = [each for each in (pairs, earlier) if len(each)]
    return pd.concat(parts, ignore_index=True) if parts else pairs


def score_other_rows(
    logged: LoggedVersion, rows: VersionRows, pairs: pd.DataFrame, scorer: ComparableModel
) -> ScoredRows:
    """Scores the rows that are no pairs yet with the version before.

    Returns:
        the outputs of the version by their names, and those of the one before with `other_`.
    """
    rest = exclude_rows(rows.frame, pairs)
    if rest.empty:
        return ScoredRows(rest)
    own = [name for name in rest.columns if not name.startswith(OTHER)]
    scored = score_logged_rows(logged, rest[IDENTITY], scorer)
    return scored._replace(frame=rest[own].merge(scored.frame, on=IDENTITY))


def build_paired_rows(pairs: pd.DataFrame, scored: pd.DataFrame) -> PairedRows:
    """Builds the outcomes of both versions for the same rows.

    Of the rows with one key only the first counts: a customer who is scored each day has one
    outcome, not thirty.

    Raises:
        NotComparable: there are no such rows, or the versions have different classes.
    """
    parts = [pairs.assign(is_logged=True), scored.assign(is_logged=False)]
    frame = pd.concat([each for each in parts if len(each)] or parts, ignore_index=True)
    frame = frame.sort_values(TIME, kind="stable", ignore_index=True)
    frame = frame[frame[KEY].isna() | ~frame[KEY].duplicated()]
    if frame.empty:
        raise NotComparable("no labelled row has the answers of both")
    own, other = build_live_outcome(frame), build_live_outcome(frame, OTHER)
    both = own.rows & other.rows
    if not both.any():
        raise NotComparable("no row has a label and the answers of both")
    outcome = own.outcome.select(both[own.rows])
    before = _align(other.outcome.select(both[other.rows]), outcome)
    return PairedRows(outcome, before, int(frame["is_logged"].to_numpy(bool)[both].sum()))


def _select_pairs(frame: pd.DataFrame, other_version: str) -> pd.DataFrame:
    return frame[(frame[OTHER_VERSION] == other_version).to_numpy(bool)]


def _is_output(name: str) -> bool:
    return name in (LABEL, VALUE) or name.startswith(PROBABILITY)


def _swap(frame: pd.DataFrame) -> pd.DataFrame:
    """Swaps the outputs of the version that answered with those of the other one."""
    others = [name for name in frame.columns if name.startswith(OTHER) and name != OTHER_VERSION]
    own = [name for name in frame.columns if _is_output(name)]
    names = {**{name: OTHER + name for name in own}, **{n: n.removeprefix(OTHER) for n in others}}
    return frame.rename(columns=names)


def _align(before: Outcome, outcome: Outcome) -> Outcome:
    """Puts the classes of the version before into the order of the version's."""
    if not isinstance(before, ClassOutcome) or not isinstance(outcome, ClassOutcome):
        return before
    if {*before.classes} != {*outcome.classes}:
        raise NotComparable("the two versions have different classes")
    order = [before.classes.index(each) for each in outcome.classes]
    return ClassOutcome(outcome.classes, outcome.truth, np.asarray(before.probabilities[:, order]))
