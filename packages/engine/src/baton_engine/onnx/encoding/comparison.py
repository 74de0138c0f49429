"""Compares an encoded graph with the whole one, bit for bit."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from baton_engine.engine import EngineError, Scores, ServingEngine
from baton_engine.onnx.feeder import Feeder
from baton_engine.tables.columns import Array, to_array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Schema

_MAX_CELLS = 2**20
"""The most cells of a matrix that are compared at once."""
_LONE_ROWS = 32
_COUNTS = (2, 16, 64)

Answers = Mapping[str, Array]


def compare_matrices(session: Any, whole: Feeder, encoded: Feeder, rows: Rows) -> None:
    """Compares the encoded matrices with those that ONNX Runtime builds.

    Scores cannot show every difference: trees ignore most cells of most rows.

    Args:
        session: the part of the graph that was cut out.
        whole: builds the inputs of the whole graph.
        encoded: builds the inputs of the rest.
        rows: rows of the schema.

    Raises:
        EngineError: a matrix differs.
    """
    names = [each.name for each in session.get_outputs()]
    inputs = [each.name for each in session.get_inputs()]
    width = sum(each.shape[1] for each in session.get_outputs())

    def build(part: Rows) -> Answers:
        feed = whole.feed_rows(part)
        answers = session.run(names, {name: feed[name] for name in inputs})
        return dict(zip(names, answers, strict=True))

    def build_encoded(part: Rows) -> Answers:
        feed = encoded.feed_rows(part)
        return {name: feed[name] for name in names}

    step = max(1, _MAX_CELLS // width)
    for start in range(0, len(rows), step):
        _compare(build, build_encoded, rows[start : start + step])


def compare_scores(
    whole: ServingEngine, encoded: ServingEngine, schema: Schema, rows: Rows
) -> None:
    """Compares the answers to lone rows, to several, and to columns.

    Raises:
        EngineError: an answer differs, or there is none because every row fails.
    """
    lone = [_compare(whole.score_rows, encoded.score_rows, [row]) for row in rows[:_LONE_ROWS]]
    if rows and not any(lone):
        raise EngineError("the model fails on every row")
    for count in _COUNTS:
        _compare(whole.score_rows, encoded.score_rows, rows[:count])
    for part in (rows[:_LONE_ROWS], rows[:1]):
        _compare(_score_columns(whole, schema), _score_columns(encoded, schema), part)


def _score_columns(engine: ServingEngine, schema: Schema) -> Callable[[Rows], Scores]:
    def score(rows: Rows) -> Scores:
        cells = zip(*rows, strict=True)
        columns = {c.name: to_array(c, v) for c, v in zip(schema.columns, cells, strict=True)}
        return engine.score_parts([columns, rows])

    return score


def _compare(one: Callable[[Rows], Answers], other: Callable[[Rows], Answers], rows: Rows) -> bool:
    """Compares two answers. If one fails, each row is compared alone: both must fail on the same.

    Returns:
        Whether there are answers.

    Raises:
        EngineError: they differ.
    """
    answers = [_try(function, rows) for function in (one, other)]
    if len(rows) > 1 and None in answers:
        have_answers = [_compare(one, other, [row]) for row in rows]
        return any(have_answers)
    expected, found = answers
    if expected is None or found is None:
        if expected is not found:
            raise EngineError("the encoded model fails on other rows")
        return False
    if expected.keys() != found.keys() or not all(
        _are_same(expected[name], found[name]) for name in expected
    ):
        raise EngineError("the encoded model answers differently")
    return True


def _try(function: Callable[[Rows], Answers], rows: Rows) -> Answers | None:
    try:
        return function(rows)
    except Exception:  # noqa: BLE001 - ONNX Runtime's errors have no common base
        return None


def _are_same(one: Array, other: Array) -> bool:
    if (one.dtype, one.shape) != (other.dtype, other.shape):
        return False
    if one.dtype.kind == "O":
        return bool(one.tolist() == other.tolist())
    if one.dtype.kind != "f":
        return one.tobytes() == other.tobytes()
    is_number = ~np.isnan(one)
    same_gaps = np.array_equal(is_number, ~np.isnan(other))
    return same_gaps and one[is_number].tobytes() == other[is_number].tobytes()
