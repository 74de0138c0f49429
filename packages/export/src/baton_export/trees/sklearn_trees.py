"""scikit-learn's trees and forests, its boosted trees, and isolation forests.

They round numbers to float32 and compare them with doubles:
https://github.com/scikit-learn/scikit-learn/blob/1.7.X/sklearn/tree/_tree.pyx (`_apply_dense`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baton_export.emitter import Anomalies, Answer, Classes, Emitter, Labels
from baton_export.errors import Unsupported
from baton_export.estimators.links import emit_sigmoid_pair
from baton_export.graph.table import Matrix, Table
from baton_export.tasks import BINARY_CLASSES
from baton_export.trees.forest import emit_sums, emit_votes
from baton_export.trees.tree import LEQ, Tree

_SPLIT_ROWS = 2
"""So many rows need exactly one split."""


def emit_classifier(model: Any, table: Table, emitter: Emitter) -> Answer:
    """A tree, a forest, or bagged trees: the mean of the probabilities in the leaves."""
    matrix = emitter.round_to_single(table.join(emitter.graph))
    members = list_members(model)
    if isinstance(model.classes_, list):
        return _emit_labels(model, members, matrix, emitter)
    trees = [_read_tree(tree, _to_shares(tree)[:, 0], columns) for tree, columns in members]
    count = len(model.classes_)
    if any(len(leaf) != count for tree in trees for leaf in tree.leaves if len(leaf)):
        raise Unsupported("a tree saw fewer classes than there are", "use more rows a tree")
    index, votes = emit_votes(trees, count, matrix, emitter)
    sums = emit_double(votes, emitter)
    divisor = emitter.graph.add_constant(float(len(trees)))
    return Classes(count, emitter.graph.add("Div", sums, divisor), index=index)


def emit_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """A tree, a forest, or bagged trees: the mean of the values in the leaves."""
    matrix = emitter.round_to_single(table.join(emitter.graph))
    members = list_members(model)
    trees = [_read_tree(tree, tree.value[:, :, 0], columns) for tree, columns in members]
    targets = members[0][0].value.shape[1]
    sums = emit_sums(trees, targets, matrix, emitter)
    divisor = emitter.graph.add_constant(float(len(trees)))
    return Matrix(emitter.graph.add("Div", sums, divisor), targets)


def emit_boosted_classifier(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`GradientBoostingClassifier`: sums of trees, then the link of the loss."""
    raw = _emit_boosted(model, table, emitter)
    if raw.width == 1:
        factor = 2.0 if model.loss == "exponential" else 1.0
        probabilities = emit_sigmoid_pair(raw.tensor, emitter, factor)
    else:
        probabilities = emitter.graph.add("Softmax", raw.tensor, axis=1)
    return Classes(len(model.classes_), probabilities, raw.tensor)


def emit_boosted_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`GradientBoostingRegressor`: sums of trees."""
    return _emit_boosted(model, table, emitter)


def emit_isolation_forest(model: Any, table: Table, emitter: Emitter) -> Anomalies:
    """`IsolationForest`: 2 to the power of the mean depth, less the offset.

    Liu, Ting, Zhou: Isolation Forest. ICDM 2008. The depth of a leaf counts the rows in it by
    `_average_path_length`.
    """
    graph = emitter.graph
    matrix = emitter.round_to_single(table.join(graph))
    trees = []
    for member, columns in zip(model.estimators_, model.estimators_features_):
        inner = member.tree_
        depths = _count_depths(inner) - 1.0 + _average_path(inner.n_node_samples)
        trees.append(_read_tree(inner, depths.reshape(-1, 1), [*map(int, columns)]))
    total = emit_sums(trees, 1, matrix, emitter, precise=True)
    longest = len(trees) * float(_average_path(np.array([model._max_samples]))[0])
    exponent = graph.add("Div", total, graph.add_constant(-longest if longest else -1.0))
    power = graph.add("Pow", graph.add_constant(2.0), exponent)
    negative = graph.add("Neg", graph.add("Reshape", power, graph.add_constant(np.array([-1]))))
    return Anomalies(graph.add("Sub", negative, graph.add_constant(float(model.offset_))))


def list_members(model: Any) -> list[tuple[Any, list[int] | None]]:
    """Lists the trees of a model, each with the columns that it sees; None: all."""
    if hasattr(model, "tree_"):
        return [(model.tree_, None)]
    members = np.ravel(model.estimators_)
    if any(not hasattr(each, "tree_") for each in members):
        raise Unsupported("its members are no trees")
    columns = getattr(model, "estimators_features_", [None] * len(members))
    return [
        (each.tree_, None if seen is None else [*map(int, seen)])
        for each, seen in zip(members, columns)
    ]


def emit_double(tensor: str, emitter: Emitter) -> str:
    """Converts the float32 sums of a tree operator."""
    return emitter.cast(tensor, 11)


def _emit_labels(model: Any, members: Any, matrix: Matrix, emitter: Emitter) -> Labels:
    graph = emitter.graph
    if any(len(each) != BINARY_CLASSES for each in model.classes_):
        raise Unsupported("a label does not have two classes", "register one model per target")
    indices, probabilities = [], []
    for label in range(len(model.classes_)):
        trees = [_read_tree(tree, _to_shares(tree)[:, label], columns) for tree, columns in members]
        index, votes = emit_votes(trees, BINARY_CLASSES, matrix, emitter)
        shape = graph.add_constant(np.array([-1, 1]))
        indices.append(graph.add("Reshape", index, shape))
        second = graph.add("Gather", votes, graph.add_constant(np.array([1])), axis=1)
        probabilities.append(emit_double(second, emitter))
    joined = graph.add("Concat", *probabilities, axis=1)
    mean = graph.add("Div", joined, graph.add_constant(float(len(members))))
    return Labels(graph.add("Concat", *indices, axis=1), mean)


def _emit_boosted(model: Any, table: Table, emitter: Emitter) -> Matrix:
    matrix = emitter.round_to_single(table.join(emitter.graph))
    targets = model.estimators_.shape[1]
    start = _find_start(model, matrix.width)
    trees = []
    for members in model.estimators_:
        for target, member in enumerate(members):
            leaves = np.zeros((member.tree_.node_count, targets))
            leaves[:, target] = member.tree_.value[:, 0, 0] * model.learning_rate
            trees.append(_read_tree(member.tree_, leaves, None))
    sums = emit_sums(trees, targets, matrix, emitter)
    tensor = emitter.graph.add("Add", sums, emitter.graph.add_constant(start))
    return Matrix(tensor, targets)


def _find_start(model: Any, width: int) -> Any:
    """Returns the constant that the boosting starts from, `[1, targets]`."""
    if model.init is not None and not isinstance(model.init, str):
        raise Unsupported("init is a model", "use init=None")
    return np.asarray(model._raw_predict_init(np.zeros((1, width), np.float32)), dtype=float)


def _read_tree(inner: Any, leaves: Any, columns: list[int] | None) -> Tree:
    """Reads scikit-learn's arrays; `leaves` has a row of values for each node."""
    is_leaf = inner.children_left < 0
    features = np.where(is_leaf, 0, inner.feature)
    if columns is not None:
        features = np.asarray(columns)[features]
    missing = getattr(inner, "missing_go_to_left", np.zeros(inner.node_count))
    return Tree(
        ["LEAF" if each else LEQ for each in is_leaf],
        features.tolist(),
        np.where(is_leaf, 0.0, inner.threshold).tolist(),
        np.where(is_leaf, 0, inner.children_left).tolist(),
        np.where(is_leaf, 0, inner.children_right).tolist(),
        np.where(is_leaf, 0, missing).astype(bool).tolist(),
        [row if each else () for each, row in zip(is_leaf, leaves)],
    )


def _to_shares(inner: Any) -> Any:
    """Returns the classes' shares, `[nodes, outputs, classes]`; before 1.3 these are counts."""
    totals = inner.value.sum(axis=2, keepdims=True)
    is_share = np.allclose(totals, 1.0, atol=1e-8, rtol=0)
    return inner.value if is_share else inner.value / np.where(totals == 0, 1.0, totals)


def _count_depths(inner: Any) -> Any:
    """Counts the nodes on the path to each node, itself too."""
    depths = np.ones(inner.node_count)
    for node in range(inner.node_count):  # a parent comes before its children
        if (left := inner.children_left[node]) >= 0:
            depths[[left, inner.children_right[node]]] = depths[node] + 1
    return depths


def _average_path(rows: Any) -> Any:
    rows = np.asarray(rows, dtype=float)
    safe = np.maximum(rows, _SPLIT_ROWS + 1)
    average = 2.0 * (np.log(safe - 1.0) + np.euler_gamma) - 2.0 * (safe - 1.0) / safe
    return np.where(rows <= 1, 0.0, np.where(rows == _SPLIT_ROWS, 1.0, average))
