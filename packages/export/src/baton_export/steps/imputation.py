"""Fills gaps: NaN in numbers, "" in texts."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Emitter
from baton_export.errors import Refused, Unsupported
from baton_export.graph.table import Matrix, Table, concatenate


def emit_simple_imputer(step: Any, table: Table, emitter: Emitter) -> Table:
    """`SimpleImputer`. A column without any value in training is dropped if its statistic is NaN.

    Of `strategy="constant"` that is so since scikit-learn 1.9; before, it is the fill value.
    """
    matrix = table.join(emitter.graph)
    statistics = np.asarray(step.statistics_)
    kept = [place for place, each in enumerate(statistics) if not is_nan(each)]
    if getattr(step, "keep_empty_features", False):
        kept = [*range(len(statistics))]
    fill = _fill_texts if matrix.is_text else _fill_numbers
    filled = Table.from_matrix(fill(step, matrix, statistics, emitter)).take(kept)
    if not step.add_indicator:
        return filled
    return concatenate([filled, emit_missing_indicator(step.indicator_, table, emitter)])


def emit_missing_indicator(step: Any, table: Table, emitter: Emitter) -> Table:
    """`MissingIndicator`: 1 where a value is missing."""
    matrix = table.join(emitter.graph)
    gaps = emitter.cast(_find_gaps(step.missing_values, matrix, emitter), TensorProto.DOUBLE)
    flags = Table.from_matrix(Matrix(gaps, matrix.width))
    return flags.take([*map(int, step.features_)])


def refuse_knn_imputer(step: Any, table: Table, emitter: Emitter) -> Table:
    """`KNNImputer`: converters give other values for some rows."""
    del step, table, emitter
    raise Refused("converters fill other values", "use SimpleImputer")


def is_nan(value: Any) -> bool:
    """Whether a value is NaN, None or pandas' missing value."""
    if value is None or type(value).__name__ == "NAType":
        return True
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def _fill_numbers(step: Any, matrix: Matrix, statistics: Any, emitter: Emitter) -> Matrix:
    values = np.array([0.0 if is_nan(each) else float(each) for each in statistics])
    fill = emitter.graph.add_constant(values.reshape(1, -1))
    gaps = _find_gaps(step.missing_values, matrix, emitter)
    return Matrix(emitter.graph.add("Where", gaps, fill, matrix.tensor), matrix.width)


def _fill_texts(step: Any, matrix: Matrix, statistics: Any, emitter: Emitter) -> Matrix:
    values = np.array(["" if is_nan(each) else str(each) for each in statistics], dtype=object)
    fill = emitter.graph.add_constant(values.reshape(1, -1))
    gaps = _find_gaps(step.missing_values, matrix, emitter)
    return Matrix(emitter.graph.add("Where", gaps, fill, matrix.tensor), matrix.width, is_text=True)


def _find_gaps(missing: Any, matrix: Matrix, emitter: Emitter) -> str:
    if matrix.is_text:
        text = "" if is_nan(missing) else str(missing)
        flags = emitter.graph.add_ml(
            "LabelEncoder",
            matrix.tensor,
            keys_strings=[text],
            values_int64s=[1],
            default_int64=0,
        )
        return emitter.cast(flags, TensorProto.BOOL)
    if is_nan(missing):
        return emitter.graph.add("IsNaN", matrix.tensor)
    if not isinstance(missing, (int, float, np.number)):
        raise Unsupported(f"missing_values={missing!r} is not a number", "use NaN")
    return emitter.graph.add("Equal", matrix.tensor, emitter.graph.add_constant(float(missing)))
