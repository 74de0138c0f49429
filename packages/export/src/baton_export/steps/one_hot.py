"""One-hot categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Emitter
from baton_export.graph.table import Matrix, Table, concatenate
from baton_export.steps.categories import find_equal, group_infrequent, list_keys, map_to_numbers

_UNKNOWN = -1


def emit_one_hot(step: Any, table: Table, emitter: Emitter) -> Table:
    """`OneHotEncoder`: also with dropped and infrequent categories, and a gap as a category."""
    parts: dict[int, Table] = {}
    texts: dict[int, Matrix] = {}
    for place, categories in enumerate(step.categories_):
        column = table.take([place]).join(emitter.graph)
        groups, others = group_infrequent(step, place, len(categories))
        if groups is not None:
            parts[place] = _emit_groups(step, column, (categories, groups, others), emitter)
        elif column.is_text:
            texts[place] = column
        else:
            parts[place] = _emit_numbers(step, column, categories, emitter)
    parts.update(_emit_texts(step, texts, emitter))
    kept = []
    for place in sorted(parts):
        dropped = None if step.drop_idx_ is None else step.drop_idx_[place]
        indices = [index for index in range(parts[place].width) if index != dropped]
        kept.append(parts[place].take(indices))
    return concatenate(kept)


def _emit_texts(step: Any, columns: dict[int, Matrix], emitter: Emitter) -> dict[int, Table]:
    """Emits all text columns in one matrix: a node more for each would cost as much as its own."""
    graph = emitter.graph
    flags, places = [], {}
    for place, column in columns.items():
        keys = list_keys(step.categories_[place])
        # zeros=0: an unknown text fails the call, as in scikit-learn
        zeros = 0 if step.handle_unknown == "error" else 1
        one_hot = graph.add_ml("OneHotEncoder", column.tensor, cats_strings=keys, zeros=zeros)
        flags.append(one_hot)  # [rows, 1, categories], float32
        places[place] = len(keys)
    if not flags:
        return {}
    joined = flags[0] if len(flags) == 1 else graph.add("Concat", *flags, axis=2)
    width = sum(places.values())
    flat = graph.add("Reshape", joined, graph.add_constant(np.array([-1, width])))
    every = Table.from_matrix(Matrix(emitter.cast(flat, TensorProto.DOUBLE), width))
    ends = np.cumsum([*places.values()]).tolist()
    return {
        place: every.take(range(end - count, end))
        for (place, count), end in zip(places.items(), ends)
    }


def _emit_numbers(step: Any, column: Matrix, categories: Sequence[Any], emitter: Emitter) -> Table:
    graph = emitter.graph
    if step.handle_unknown == "error":
        places = [*map(float, range(len(categories)))]
        code = map_to_numbers(column, categories, places, emitter, default=0.0, strict=True)
        is_equal = graph.add("Equal", code, graph.add_constant(np.array([places])))
    else:
        is_equal = find_equal(column, categories, emitter)
    return Table.from_matrix(Matrix(emitter.cast(is_equal, TensorProto.DOUBLE), len(categories)))


def _emit_groups(
    step: Any,
    column: Matrix,
    grouping: tuple[Sequence[Any], list[float], int],
    emitter: Emitter,
) -> Table:
    """Emits categories of which the infrequent ones share the last column."""
    categories, groups, others = grouping
    default = others if step.handle_unknown == "infrequent_if_exist" else _UNKNOWN
    strict = step.handle_unknown == "error"
    codes = map_to_numbers(column, categories, groups, emitter, default=default, strict=strict)
    numbers = emitter.graph.add_constant(np.arange(others + 1.0).reshape(1, -1))
    is_equal = emitter.graph.add("Equal", codes, numbers)
    return Table.from_matrix(Matrix(emitter.cast(is_equal, TensorProto.DOUBLE), others + 1))
