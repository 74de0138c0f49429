"""Rows on which a version fails."""

from collections.abc import Callable

import numpy as np
import pytest

from baton_engine.engine import EngineError, Scores
from baton_engine.tables.transpose import Rows
from baton_inference.shadow.rows import row_scoring
from baton_inference.shadow.rows.row_scoring import score_rows

ROWS = [(1.0,), (2.0,), (3.0,), (4.0,)]


def echo(rows: Rows) -> Scores:
    """Answers each row with its value."""
    return {"value": np.array([row[0] for row in rows])}


def fail_on(*bad: float) -> Callable[[Rows], Scores]:
    def score(rows: Rows) -> Scores:
        if any(row[0] in bad for row in rows):
            raise EngineError("a bad row")
        return echo(rows)

    return score


def test_all_rows_are_answered_in_one_call() -> None:
    calls: list[int] = []

    def score(rows: Rows) -> Scores:
        calls.append(len(rows))
        return echo(rows)

    answers = score_rows(ROWS, score)
    assert answers.scores is not None
    assert answers.scores["value"].tolist() == [1, 2, 3, 4]
    assert ([*answers.answered], [*answers.failed], calls) == ([0, 1, 2, 3], [], [4])


def test_the_failing_rows_are_found() -> None:
    answers = score_rows(ROWS, fail_on(2.0, 4.0))
    assert answers.scores is not None
    assert answers.scores["value"].tolist() == [1, 3]
    assert ([*answers.answered], [*answers.failed]) == ([0, 2], [1, 3])


def test_a_row_of_nan_failed() -> None:
    answers = score_rows([(1.0,), (float("nan"),)], echo)
    assert answers.scores is not None
    assert ([*answers.answered], [*answers.failed]) == ([0], [1])
    assert answers.scores["value"].tolist() == [1]


def test_a_version_that_always_fails_has_no_answers() -> None:
    for score in (fail_on(1.0, 2.0, 3.0, 4.0), lambda rows: {"value": np.full(len(rows), np.nan)}):
        answers = score_rows(ROWS, score)
        assert answers.scores is None
        assert ([*answers.answered], [*answers.failed]) == ([], [0, 1, 2, 3])


def test_a_refused_row_failed_and_is_not_scored() -> None:
    answers = score_rows([None, (2.0,), None, (4.0,)], fail_on(4.0))
    assert ([*answers.answered], [*answers.failed]) == ([1], [0, 2, 3])


def test_only_refused_rows_need_no_call() -> None:
    assert [*score_rows([None], lambda _: pytest.fail("called")).failed] == [0]


def test_a_version_that_merges_rows_failed() -> None:
    answers = score_rows(ROWS, lambda rows: echo(rows[:1]) if len(rows) > 1 else echo(rows))
    assert [*answers.answered] == [0, 1, 2, 3]  # one by one it answers
    assert [*score_rows(ROWS[:1], lambda rows: {"value": np.zeros(2)}).failed] == [0]


def test_the_search_for_failing_rows_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that loops uses its deadline for each row."""
    monkeypatch.setattr(row_scoring, "SEARCH_LIMIT_S", -1.0)
    answers = score_rows(ROWS, fail_on(1.0))
    assert ([*answers.answered], [*answers.failed]) == ([], [0])
