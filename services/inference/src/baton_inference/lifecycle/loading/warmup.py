"""Warms up a version on its input example or a synthetic row, and measures its speed."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from baton_common.texts import to_one_line, truncate
from baton_engine.engine import Engine, EngineError, Scores, ServingEngine
from baton_engine.onnx.example import build_rows, read_example
from baton_engine.onnx.outputs.checks import check_scores
from baton_engine.onnx.synthetic import build_synthetic_rows
from baton_engine.tables.transpose import Rows
from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.pace import Pace
from baton_registry.versions.schema import Schema

INLINE_BUDGET_S = 0.002
"""How long scoring may block the event loop."""
TIME_LIMIT_S = 30.0
"""Limits the whole warm-up: a model that loops for ever would block the watcher."""
_INLINE_STEPS = (1, 4, 16, 64)
_REPEATS = 3


@dataclass(frozen=True)
class WarmUp:
    """The result of a warm-up.

    Attributes:
        example: one instance that can be scored.
        inline_rows: the most rows that are scored within `INLINE_BUDGET_S`; 0 means none.
        pace: the time per call and per row.
        has_example: False if the row was synthetic.
    """

    example: Mapping[str, Any]
    inline_rows: int
    pace: Pace
    has_example: bool


def warm_up(engine: ServingEngine, schema: Schema, example: bytes | None) -> WarmUp:
    """Scores the version's input example, or a synthetic row if the example is unusable.

    Args:
        engine: the loaded model.
        schema: its columns.
        example: the example file's content in split form, `{"columns": […], "data": […]}`.

    Raises:
        LoadFailure: the example has other columns than the schema, the model fails or exceeds the
            time limit, or its answers are not those of its task.
    """
    try:
        instances = read_example(example, schema)
    except EngineError as error:
        raise LoadFailure(FailureKind.WARM_UP, str(error)) from error
    rows = build_rows(instances, schema)
    has_example = rows is not None
    if rows is None:
        rows = build_synthetic_rows(schema)[:1]
        names = [column.name for column in schema.columns]
        instances = [dict(zip(names, rows[0], strict=True))]
    with engine.limit_time(TIME_LIMIT_S) as limited:
        _check_outputs(limited, rows, synthetic=not has_example)
        inline_rows, pace = _measure_speed(limited, rows, synthetic=not has_example)
    return WarmUp(max(instances, key=_count_filled_cells), inline_rows, pace, has_example)


def _count_filled_cells(instance: Mapping[str, Any]) -> int:
    return sum(value is not None for value in instance.values())


def _score(engine: Engine, rows: Rows, *, synthetic: bool) -> Scores:
    try:
        return engine.score_rows(rows)
    except Exception as error:
        reason = truncate(to_one_line(error), 300)
        message = (
            f"the model fails on a synthetic row: {reason}; log it with an input example"
            if synthetic
            else f"the model fails on its own input example: {reason}; correct one of the two"
        )
        raise LoadFailure(FailureKind.WARM_UP, message) from error


def _check_outputs(engine: Engine, rows: Rows, *, synthetic: bool) -> None:
    try:
        scores = _score(engine, rows, synthetic=synthetic)
        check_scores(scores, len(rows), engine.output_schema, synthetic=synthetic)
    except EngineError as error:
        raise LoadFailure(FailureKind.WARM_UP, str(error)) from error


def _measure_speed(engine: Engine, rows: Rows, *, synthetic: bool) -> tuple[int, Pace]:
    """Measures how many rows are scored within the budget, and the time per call and per row."""
    inline_rows, pace = 0, Pace()
    for count in _INLINE_STEPS:  # smallest first: a slow model never scores the large ones
        batch = [*islice(cycle(rows), count)]
        time_s = min(_time_scoring(engine, batch, synthetic=synthetic) for _ in range(_REPEATS))
        pace = Pace(pace.call_s or time_s, time_s / count)
        if time_s > INLINE_BUDGET_S:
            break
        inline_rows = count
    return inline_rows, pace


def _time_scoring(engine: Engine, rows: Rows, *, synthetic: bool) -> float:
    """Measures the processor time of this thread.

    At the start, another thread imports the web framework. By wall-clock time a quick model could
    look slow, and its requests would always go to threads.
    """
    started_s = time.thread_time()
    _score(engine, rows, synthetic=synthetic)
    return time.thread_time() - started_s
