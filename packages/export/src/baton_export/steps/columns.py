"""Steps that choose and join columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from baton_export.emitter import Emitter
from baton_export.errors import Unsupported
from baton_export.graph.table import Matrix, Table, concatenate
from baton_export.unwrapping import PASSTHROUGH


def emit_column_transformer(step: Any, table: Table, emitter: Emitter) -> Table:
    """`ColumnTransformer`: each transformer takes its columns."""
    weights = step.transformer_weights or {}
    parts = []
    for name, transformer, columns in _iter_transformers(step):
        chosen = table.take(find_columns(step, columns, table))
        if _is_dropped(transformer) or not chosen.width:
            continue
        if not _is_passthrough(transformer):
            chosen = emitter.emit_step(transformer, chosen, name)
        parts.append(_weigh(chosen, weights.get(name), emitter))
    return concatenate(parts)


def emit_feature_union(step: Any, table: Table, emitter: Emitter) -> Table:
    """`FeatureUnion`: each transformer takes all columns."""
    weights = step.transformer_weights or {}
    parts = []
    for name, transformer in step.transformer_list:
        if _is_dropped(transformer):
            continue
        part = table if _is_passthrough(transformer) else None
        part = part or emitter.emit_step(transformer, table, name)
        parts.append(_weigh(part, weights.get(name), emitter))
    return concatenate(parts)


def find_columns(step: Any, columns: Any, table: Table) -> list[int]:
    """Returns the positions of the columns that a `ColumnTransformer` takes.

    Args:
        step: the `ColumnTransformer`.
        columns: a name, a position, a slice, a mask, or a list of these.
        table: the columns to choose from.
    """
    if isinstance(columns, (str, int, np.integer)):
        columns = [columns]
    if isinstance(columns, slice):
        names = [*map(str, getattr(step, "feature_names_in_", range(table.width)))]
        start, stop = columns.start, columns.stop
        if isinstance(start, str) or isinstance(stop, str):
            first = names.index(start) if start is not None else 0
            last = names.index(stop) if stop is not None else table.width - 1
            return [*range(first, last + 1)]
        return [*range(*columns.indices(table.width))]
    chosen = [*columns]
    if chosen and all(isinstance(each, (bool, np.bool_)) for each in chosen):
        return [place for place, each in enumerate(chosen) if each]
    if not all(isinstance(each, str) for each in chosen):
        return [int(each) % table.width for each in chosen]
    found = table.find(chosen)
    if found is None:
        names = [*map(str, step.feature_names_in_)]
        found = [names.index(each) for each in chosen]
    return found


def _iter_transformers(step: Any) -> Iterator[tuple[str, Any, Any]]:
    for name, transformer, columns in step.transformers_:
        if hasattr(transformer, "fit_resample"):
            raise Unsupported("it has a sampler", "remove the sampler")
        yield name, transformer, columns


def _is_dropped(transformer: Any) -> bool:
    return isinstance(transformer, str) and transformer == "drop"


def _is_passthrough(transformer: Any) -> bool:
    if isinstance(transformer, str) or transformer is None:
        return transformer in PASSTHROUGH
    # scikit-learn replaces "passthrough" by a function of nothing
    return type(transformer).__name__ == "FunctionTransformer" and transformer.func is None


def _weigh(table: Table, weight: float | None, emitter: Emitter) -> Table:
    if weight is None:
        return table
    matrix = table.join(emitter.graph)
    factor = emitter.graph.add_constant(float(weight))
    return Table.from_matrix(Matrix(emitter.graph.add("Mul", matrix.tensor, factor), matrix.width))
