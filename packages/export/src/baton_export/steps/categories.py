"""Categories to numbers: codes, and means of the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Emitter
from baton_export.errors import Refused, Unsupported
from baton_export.graph.table import Matrix, Table, concatenate
from baton_export.steps.imputation import is_nan

_UNKNOWN = -1


def emit_ordinal(step: Any, table: Table, emitter: Emitter) -> Table:
    """`OrdinalEncoder`: the place of the category."""
    parts = []
    strict = step.handle_unknown == "error"
    for place, categories in enumerate(step.categories_):
        column = table.take([place]).join(emitter.graph)
        groups, _ = group_infrequent(step, place, len(categories))
        codes = [*map(float, range(len(categories)))] if groups is None else groups
        codes = [
            float(step.encoded_missing_value) if is_nan(category) else code
            for category, code in zip(categories, codes)
        ]
        default = _UNKNOWN if strict else float(step.unknown_value)
        mapped = map_to_numbers(column, categories, codes, emitter, default=default, strict=strict)
        parts.append(Table.from_matrix(Matrix(mapped, 1)))
    return concatenate(parts)


def emit_target_encoder(step: Any, table: Table, emitter: Emitter) -> Table:
    """`TargetEncoder`: the mean of the category, or of all rows for an unknown one."""
    parts = []
    means = np.atleast_1d(step.target_mean_)
    for place, encodings in enumerate(step.encodings_):
        feature, target = divmod(place, len(means)) if len(means) > 1 else (place, 0)
        column = table.take([feature]).join(emitter.graph)
        mapped = map_to_numbers(
            column, step.categories_[feature], encodings, emitter, default=float(means[target])
        )
        parts.append(Table.from_matrix(Matrix(mapped, 1)))
    return concatenate(parts)


def map_to_numbers(  # noqa: PLR0913 - six different things
    column: Matrix,
    categories: Sequence[Any],
    numbers: Sequence[float],
    emitter: Emitter,
    *,
    default: float,
    strict: bool = False,
) -> str:
    """Emits the number of each row's category, `[rows, 1]`, double.

    Args:
        column: one column, of texts or numbers.
        categories: texts or numbers; NaN and None are a gap.
        numbers: their numbers.
        emitter: where to.
        default: the number of an unknown category.
        strict: an unknown category fails the call, as it does in scikit-learn.
    """
    graph = emitter.graph
    values = np.array([*numbers, default], dtype=float).reshape(-1, 1)
    unknown = len(categories) + 1 if strict else len(categories)
    if column.is_text:
        index = graph.add_ml(
            "LabelEncoder",
            column.tensor,
            keys_strings=list_keys(categories),
            values_int64s=[*range(len(categories))],
            default_int64=unknown,
        )
    else:
        flags = emitter.cast(find_equal(column, categories, emitter), TensorProto.INT64)
        is_known = graph.add("ReduceMax", flags, graph.add_constant(np.array([1])), keepdims=1)
        best = graph.add("ArgMax", flags, axis=1, keepdims=1)
        is_known = emitter.cast(is_known, TensorProto.BOOL)
        index = graph.add("Where", is_known, best, graph.add_constant(np.array([[unknown]])))
    flat = graph.add("Reshape", index, graph.add_constant(np.array([-1])))
    return graph.add("Gather", graph.add_constant(values), flat, axis=0)


def list_keys(categories: Sequence[Any]) -> list[str]:
    """Lists categories as texts; a gap is "", as the service feeds it.

    Raises:
        Refused: the empty text and a gap are different categories.
        Unsupported: a category is a number, but the column holds texts.
    """
    keys = ["" if is_nan(each) else each for each in categories]
    if not all(isinstance(each, str) for each in keys):
        raise Unsupported("the categories are not all texts", "fit it on texts")
    if len({*keys}) != len(keys):
        raise Refused(
            'it tells an empty text from a gap, and the service feeds "" for both',
            "fit it on rows without empty texts",
        )
    return [*map(str, keys)]


def find_equal(column: Matrix, categories: Sequence[Any], emitter: Emitter) -> str:
    """Emits whether a number is each category; NaN is one too, if it was in training."""
    graph = emitter.graph
    try:
        values = np.array([np.nan if is_nan(each) else float(each) for each in categories])
    except ValueError as error:
        raise Unsupported("its column holds numbers, its categories are texts") from error
    is_equal = graph.add("Equal", column.tensor, graph.add_constant(values.reshape(1, -1)))
    if not np.isnan(values).any():
        return is_equal
    is_gap = graph.add("IsNaN", column.tensor)
    both = graph.add("And", is_gap, graph.add_constant(np.isnan(values).reshape(1, -1)))
    return graph.add("Or", is_equal, both)


def group_infrequent(step: Any, place: int, count: int) -> tuple[list[float] | None, int]:
    """Returns each category's column, and that of all infrequent ones together; None if none."""
    infrequent = getattr(step, "infrequent_categories_", None)
    mappings = getattr(step, "_default_to_infrequent_mappings", None)
    if infrequent is None or infrequent[place] is None or mappings is None:
        return None, count
    groups = [float(each) for each in mappings[place]]
    return groups, int(max(groups))
