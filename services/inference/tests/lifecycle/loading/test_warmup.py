"""The warm-up of a version."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, Self

import numpy as np
import pytest

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_inference.errors import LoadFailure
from baton_inference.lifecycle.loading import warmup
from baton_inference.lifecycle.loading.warmup import WarmUp, warm_up
from baton_inference.lifecycle.pace import Pace
from tests.support.fakes.models import SCHEMA, ErrorModel, SlowModel, SumModel


def warm(engine: SumModel, example: Any = None) -> WarmUp:
    """Warms a model up on an example: a document, or the text of the file."""
    text = example if isinstance(example, str) else json.dumps(example)
    return warm_up(engine, SCHEMA, None if example is None else text.encode())


def test_warm_up_uses_the_versions_own_example() -> None:
    """The reported instance is the row with the fewest missing values."""
    data = [[1, 1, None], [2, 2, "b"], [3, 3, None]]
    result = warm(SumModel(), {"columns": ["x", "n", "note"], "data": data})
    assert result.has_example
    assert result.example == {"x": 2, "n": 2, "note": "b"}


@pytest.mark.parametrize(
    "example",
    [
        None,
        "not json",
        "[" * 100_000,
        {"inputs": [1]},
        {"columns": ["x", "n"], "data": [[1]]},
        {"columns": ["x", "n"], "data": []},
        {"columns": ["x", "n"], "data": [[None, 1]]},
        '{"columns": ["x", "n"], "data": [[NaN, 1]]}',
    ],
)
def test_a_synthetic_row_replaces_an_unusable_example(example: Any) -> None:
    """An example is unusable if it is absent or if a request could not send its rows."""
    result = warm(SumModel(), example)
    assert not result.has_example
    assert result.example == {"x": 0.0, "n": 0, "note": "a"}


@pytest.mark.parametrize("columns", [["other"], ["x"], ["x", "n", "other"]])
def test_an_example_with_other_columns_is_a_load_failure(columns: list[str]) -> None:
    """Either the example or the schema is wrong."""
    with pytest.raises(LoadFailure, match=r"other|'n'"):
        warm(SumModel(), {"columns": columns, "data": [[1] * len(columns)]})


@pytest.mark.parametrize(
    ("example", "row"),
    [
        (None, "a synthetic row"),
        ({"columns": ["x", "n"], "data": [[1, 1]]}, "its own input example"),
    ],
)
def test_a_model_that_fails_is_a_load_failure(example: Any, row: str) -> None:
    """The message names the rows that the model fails on."""
    with pytest.raises(LoadFailure, match=f"fails on {row}: .*could not convert"):
        warm(ErrorModel(), example)


class CannedModel(SumModel):
    """Returns fixed scores."""

    def __init__(self, labels: Any, probabilities: Any) -> None:
        super().__init__()
        self.answer = {
            "label": np.array(labels),
            "probabilities": np.array(probabilities, np.float32),
        }

    def score(self, columns: Mapping[str, Array]) -> Scores:
        return self.answer


@pytest.mark.parametrize(
    ("labels", "probabilities"),
    [
        (["no"], [[0.1, 0.2, 0.7]]),
        (["no"], [0.1, 0.9]),
        (["no", "no"], [[0.1, 0.9]]),
        (["maybe"], [[0.1, 0.9]]),
        ([1], [[0.1, 0.9]]),
    ],
)
def test_answers_that_do_not_fit_the_classes_are_a_load_failure(
    labels: Any, probabilities: Any
) -> None:
    with pytest.raises(LoadFailure, match=r"the model answers"):
        warm(CannedModel(labels, probabilities))


@pytest.mark.parametrize("probabilities", [[[8.05, -8.05]], [[0.0, 0.0]], [[float("nan")] * 2]])
def test_answers_that_are_not_probabilities_are_a_load_failure(probabilities: Any) -> None:
    """The rule holds for the rows of the version's own example."""
    with pytest.raises(LoadFailure, match="probabilities are in"):
        warm(CannedModel(["no"], probabilities), {"columns": ["x", "n"], "data": [[1, 1]]})


def test_a_slow_model_scores_no_rows_on_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick model scores some rows there, a slow one none."""
    now_s = 0.0

    def pass_time() -> None:
        nonlocal now_s
        now_s += warmup.INLINE_BUDGET_S * 1.5

    monkeypatch.setattr("baton_inference.lifecycle.loading.warmup.time.thread_time", lambda: now_s)
    slow = warm(SlowModel(pass_time))
    assert slow.inline_rows == 0
    assert slow.pace.call_s == pytest.approx(0.003)
    quick = warm(SlowModel(lambda: None))
    assert (quick.inline_rows, quick.pace) == (64, Pace())


def test_the_pace_is_per_call_and_per_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadlines of a canary grow with the rows of a request."""
    now_s = 0.0

    class PacedModel(SumModel):
        def score_rows(self, rows: Rows) -> Scores:
            nonlocal now_s
            now_s += 100e-6 + 10e-6 * len(rows)
            return super().score_rows(rows)

    monkeypatch.setattr("baton_inference.lifecycle.loading.warmup.time.thread_time", lambda: now_s)
    pace = warm(PacedModel()).pace
    assert pace.call_s == pytest.approx(110e-6)
    assert pace.row_s == pytest.approx(740e-6 / 64)
    assert pace.compute_deadline_s(1) == 0.05
    assert pace.compute_deadline_s(10_000) == pytest.approx(10 * 10_000 * 740e-6 / 64)


class LimitedModel(SumModel):
    """Records its time limits, and for each call the rows and whether a limit applied."""

    def __init__(self) -> None:
        super().__init__()
        self.limits_s: list[float] = []
        self.rows: list[tuple[int, bool]] = []
        self.is_limited = False

    @contextmanager
    def limit_time(self, limit_s: float) -> Iterator[Self]:
        self.limits_s.append(limit_s)
        self.is_limited = True
        yield self
        self.is_limited = False

    def score_rows(self, rows: Rows) -> Scores:
        self.rows.append((len(rows), self.is_limited))
        return super().score_rows(rows)


def test_the_warm_up_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """One limit covers all calls, and a slow model never scores many rows."""
    readings_s = count(step=warmup.INLINE_BUDGET_S * 1.5)
    monkeypatch.setattr(
        "baton_inference.lifecycle.loading.warmup.time.thread_time", lambda: next(readings_s)
    )
    model = LimitedModel()
    assert warm(model, {"columns": ["x", "n"], "data": [[1, 1], [2, 2]]}).inline_rows == 0
    assert model.limits_s == [warmup.TIME_LIMIT_S]
    assert {*model.rows} == {(2, True), (1, True)}
