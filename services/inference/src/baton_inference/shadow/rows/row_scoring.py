"""Scores the rows of a batch, and finds those on which a version fails."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from baton_engine.engine import Scores
from baton_engine.tables.transpose import Rows
from baton_inference.scoring.scores import join_scores, take_rows
from baton_inference.shadow.counts.comparison import find_unusable_rows
from baton_inference.shadow.rows.row_adapter import Cells

Score = Callable[[Rows], Scores]
"""Scores rows in one call of the model. Raises any error."""

SEARCH_LIMIT_S = 0.2
"""Limits the search for failing rows, in processor time: a version that loops for ever uses its
deadline each time."""


@dataclass(frozen=True)
class RowAnswers:
    """The answers to the first rows of a batch.

    Attributes:
        scores: the answers to the rows in `answered`; None if there are none.
        answered: the positions of the rows with usable answers.
        failed: the positions of the rows on which the version failed, or answered NaN.
    """

    scores: Scores | None
    answered: Sequence[int]
    failed: Sequence[int]


def score_rows(rows: Sequence[Cells | None], score: Score) -> RowAnswers:
    """Scores all rows in one call; if that fails, one by one, for at most `SEARCH_LIMIT_S`.

    Rows that the search does not reach are in neither list.

    Args:
        rows: the rows; None for one that the version's schema refuses, which counts as failed.
        score: calls the model.
    """
    valid = [at for at, cells in enumerate(rows) if cells is not None]
    refused = [at for at, cells in enumerate(rows) if cells is None]
    answers = _score_valid([cells for cells in rows if cells is not None], score)
    return RowAnswers(
        answers.scores,
        [valid[at] for at in answers.answered],
        sorted([*refused, *[valid[at] for at in answers.failed]]),
    )


def _score_valid(rows: Sequence[Cells], score: Score) -> RowAnswers:
    if not rows:
        return RowAnswers(None, (), ())
    try:
        return _drop_unusable(_score_all(rows, score))
    except Exception:  # noqa: BLE001 - whatever the model raises, the version failed
        if len(rows) == 1:
            return RowAnswers(None, (), (0,))
    return _search(rows, score)


def _score_all(rows: Sequence[Cells], score: Score) -> Scores:
    scores = score(rows)
    for values in scores.values():
        if len(values) != len(rows):
            raise ValueError(f"{len(values)} answers to {len(rows)} rows")
    return scores


def _drop_unusable(scores: Scores) -> RowAnswers:
    is_unusable = find_unusable_rows(scores)
    (failed,) = np.nonzero(is_unusable)
    (answered,) = np.nonzero(~is_unusable)
    if not len(failed):
        return RowAnswers(scores, answered.tolist(), ())
    usable = take_rows(scores, answered.tolist()) if len(answered) else None
    return RowAnswers(usable, answered.tolist(), failed.tolist())


def _search(rows: Sequence[Cells], score: Score) -> RowAnswers:
    """Scores rows one by one."""
    parts: list[Scores] = []
    answered: list[int] = []
    failed: list[int] = []
    started_s = time.thread_time()
    for at, cells in enumerate(rows):
        answer = _score_valid([cells], score)
        if answer.scores is None:
            failed.append(at)
        else:
            answered.append(at)
            parts.append(answer.scores)
        if time.thread_time() - started_s > SEARCH_LIMIT_S:
            break
    return RowAnswers(join_scores(parts) if parts else None, answered, failed)
