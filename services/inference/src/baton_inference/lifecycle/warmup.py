"""A version's first rows: its own input example, or made-up ones, and how quick it is on them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from baton_common.texts import to_one_line, truncate
from baton_engine.engine import Engine, EngineError, Scores, ServingEngine
from baton_engine.onnx.example import build_rows, read_example
from baton_engine.onnx.probabilities import check_scores
from baton_engine.onnx.synthetic import build_synthetic_rows
from baton_engine.tables.transpose import Rows
from baton_inference.errors import FailureKind, LoadFailure
from baton_registry.versions.schema import Schema

INLINE_BUDGET_S = 0.002
"""How long scoring may hold up the event loop."""
LIMIT_S = 30.0
"""For all of it: a model may loop for ever, and the watcher would wait with it."""
_INLINE_STEPS = (1, 4, 16, 64)
_REPEATS = 3


@dataclass(frozen=True)
class WarmUp:
    """What the first rows showed.

    Attributes:
        example: one instance that can be scored.
        inline_rows: so many rows are scored within `INLINE_BUDGET_S`; 0 means none.
        used_example: False where the rows were made up.
    """

    example: Mapping[str, Any]
    inline_rows: int
    used_example: bool


def warm_up(engine: ServingEngine, schema: Schema, example: bytes | None) -> WarmUp:
    """Scores the version's input example, or a made-up row where it has none that can be read.

    Args:
        engine: the loaded model.
        schema: its columns.
        example: its content, in split form, `{"columns": […], "data": […]}`.

    Raises:
        LoadFailure: the example has other columns than the schema, the model fails or does not
            end, or its answers are not labels and probabilities of its classes.
    """
    try:
        instances = read_example(example, schema)
    except EngineError as error:
        raise LoadFailure(FailureKind.WARM_UP, str(error)) from error
    rows = build_rows(instances, schema)
    used_example = rows is not None
    if rows is None:
        rows = build_synthetic_rows(schema)[:1]
        names = [column.name for column in schema.columns]
        instances = [dict(zip(names, rows[0], strict=True))]
    with engine.limit_time(LIMIT_S):
        _check(engine, rows, synthetic=not used_example)
        inline_rows = _inline_rows(engine, rows)
    return WarmUp(max(instances, key=_filled_cells), inline_rows, used_example)


def _filled_cells(instance: Mapping[str, Any]) -> int:
    return sum(value is not None for value in instance.values())


def _scores(engine: Engine, rows: Rows) -> Scores:
    try:
        return engine.score_rows(rows)
    except Exception as error:
        raise LoadFailure(
            FailureKind.WARM_UP,
            f"the model fails on its own input example: {truncate(to_one_line(error), 300)}",
        ) from error


def _check(engine: Engine, rows: Rows, *, synthetic: bool) -> None:
    try:
        check_scores(_scores(engine, rows), len(rows), engine.classes, synthetic=synthetic)
    except EngineError as error:
        raise LoadFailure(FailureKind.WARM_UP, str(error)) from error


def _inline_rows(engine: Engine, rows: Rows) -> int:
    """The most rows, of those tried, that are scored within the budget."""
    found = 0
    for count in _INLINE_STEPS:  # the fewest first: a slow model is not asked for many
        tried = [*islice(cycle(rows), count)]
        if min(_seconds(engine, tried) for _ in range(_REPEATS)) > INLINE_BUDGET_S:
            break
        found = count
    return found


def _seconds(engine: Engine, rows: Rows) -> float:
    """Of the processor, by this thread: at the start the web framework is imported beside it.

    By the clock a quick model may look too slow for the event loop, and go to threads for good.
    """
    started_s = time.thread_time()
    _scores(engine, rows)
    return time.thread_time() - started_s
