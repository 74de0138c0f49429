"""The answers of an ONNX model, scored by the engine as the service does."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import Array
from baton_registry.versions.schema import Column
from baton_trainer.importing.comparison.answers import (
    Answers,
    build_answers,
    build_rejections,
    join_answers,
)
from baton_trainer.importing.rows.rows import Rows, is_missing

LIMIT_S = 600.0
"""The limit for all rows: a model may loop for ever."""
SINGLE_ROWS = 100
"""This many rows are also scored one by one: a lone request takes a different path."""

_CHUNK_ROWS = 4096


def score_all(engine: OnnxEngine, rows: Rows) -> Answers:
    """Scores the rows in chunks; halves a chunk that fails until the rejected rows are alone.

    Raises:
        EngineError: the model does not end.
    """
    end_s = time.monotonic() + LIMIT_S
    with engine.limit_time(LIMIT_S) as limited:
        starts = range(0, len(rows), _CHUNK_ROWS)
        chunks = (np.arange(start, min(start + _CHUNK_ROWS, len(rows))) for start in starts)
        return join_answers(
            [part for chunk in chunks for part in _score(limited, rows, chunk, end_s)]
        )


def _score(engine: OnnxEngine, rows: Rows, indices: Array, end_s: float) -> Iterator[Answers]:
    try:
        yield build_answers(engine.score(rows.take(indices)), engine.output_schema)
    except Exception:
        if time.monotonic() > end_s:
            raise
        if len(indices) == 1:
            yield build_rejections(1, engine.output_schema)
            return
        for half in np.array_split(indices, 2):
            yield from _score(engine, rows, half, end_s)


def score_each(engine: OnnxEngine, rows: Rows) -> Answers:
    """Scores the first `SINGLE_ROWS` rows one by one, as lone requests.

    Raises:
        EngineError: the model does not end.
    """
    count = min(SINGLE_ROWS, len(rows))
    cells = [_list_cells(column, rows.arrays[column.name][:count]) for column in rows.columns]
    end_s = time.monotonic() + LIMIT_S
    with engine.limit_time(LIMIT_S) as limited:
        return join_answers([_score_row(limited, row, end_s) for row in zip(*cells, strict=True)])


def _score_row(engine: OnnxEngine, row: tuple[Any, ...], end_s: float) -> Answers:
    try:
        return build_answers(engine.score_rows([row]), engine.output_schema)
    except Exception:
        if time.monotonic() > end_s:
            raise
        return build_rejections(1, engine.output_schema)


def _list_cells(column: Column, values: Array) -> list[Any]:
    """Returns the values as the decoder of a request does: None if missing."""
    gaps = is_missing(column, values).tolist()
    convert = int if column.type in ("integer", "long") else lambda value: value
    pairs = zip(values.tolist(), gaps, strict=True)
    return [None if is_gap else convert(value) for value, is_gap in pairs]
