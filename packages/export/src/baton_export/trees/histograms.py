"""`HistGradientBoostingClassifier` and `HistGradientBoostingRegressor`: they compare doubles."""

from __future__ import annotations

from typing import Any

import numpy as np

from baton_export.emitter import Classes, Emitter
from baton_export.errors import Refused, Unsupported
from baton_export.estimators.links import emit_sigmoid_pair
from baton_export.graph.table import Matrix, Table, concatenate
from baton_export.steps.columns import find_columns
from baton_export.trees.forest import emit_sums
from baton_export.trees.tree import LEQ, Tree

_LOG_LINK = ("poisson", "gamma")


def emit_classifier(model: Any, table: Table, emitter: Emitter) -> Classes:
    """Sums of trees, then sigmoid or softmax."""
    raw = _emit_raw(model, table, emitter)
    if raw.width == 1:
        probabilities = emit_sigmoid_pair(raw.tensor, emitter)
    else:
        probabilities = emitter.graph.add("Softmax", raw.tensor, axis=1)
    return Classes(len(model.classes_), probabilities, raw.tensor)


def emit_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """Sums of trees; `exp` of them for the losses `poisson` and `gamma`."""
    raw = _emit_raw(model, table, emitter)
    if model.loss not in _LOG_LINK:
        return raw
    return Matrix(emitter.graph.add("Exp", raw.tensor), 1)


def _emit_raw(model: Any, table: Table, emitter: Emitter) -> Matrix:
    if getattr(model, "is_categorical_", None) is not None:
        table = _encode_categories(model, table, emitter)
    matrix = table.join(emitter.graph)
    if matrix.is_text:
        raise Unsupported("its columns are texts", "use an OrdinalEncoder")
    baseline = np.asarray(model._baseline_prediction, dtype=float).reshape(1, -1)
    targets = baseline.shape[1]
    trees = [
        _read_tree(member.nodes, member.raw_left_cat_bitsets, target, targets)
        for members in model._predictors
        for target, member in enumerate(members)
    ]
    sums = emit_sums(trees, targets, matrix, emitter)
    tensor = emitter.graph.add("Add", sums, emitter.graph.add_constant(baseline))
    return Matrix(tensor, targets)


def _encode_categories(model: Any, table: Table, emitter: Emitter) -> Table:
    """Emits the model's own step from categories to codes, which puts these columns first."""
    step = getattr(model, "_preprocessor", None)
    if step is None:
        raise Refused("categorical_features of this scikit-learn", "fit it with 1.4 or newer")
    parts = []
    for name, encoder, columns in step.transformers_:  # the others only check their columns
        part = table.take(find_columns(step, columns, table))
        parts.append(emitter.emit_step(encoder, part, name) if name == "encoder" else part)
    return concatenate(parts)


def _read_tree(nodes: Any, bitsets: Any, target: int, targets: int) -> Tree:
    tree = Tree()
    places: dict[int, int] = {}
    open_nodes = [0]
    links: list[tuple[list[int], int, int]] = []
    while open_nodes:
        number = open_nodes.pop()
        node = nodes[number]
        if node["is_leaf"]:
            leaf = [0.0] * targets
            leaf[target] = float(node["value"])
            places[number] = tree.add_leaf(leaf)
            continue
        left, right = int(node["left"]), int(node["right"])
        feature, missing = int(node["feature_idx"]), bool(node["missing_go_to_left"])
        if node["is_categorical"]:
            members = _read_bitset(bitsets[node["bitset_idx"]])
            split = tree.add_membership(feature, members, missing=missing)
        else:
            value = float(node["num_threshold"])
            split = [tree.add_split(LEQ, feature, value, missing=missing)]
        places[number] = split[0]
        links.append((split, left, right))
        open_nodes += [right, left]
    for split, left, right in links:
        for each in split:
            tree.yes[each] = places[left]
        tree.no[split[-1]] = places[right]
    return tree


def _read_bitset(words: Any) -> list[int]:
    return [
        32 * place + bit
        for place, word in enumerate(words)
        for bit in range(32)
        if int(word) >> bit & 1
    ]
