"""XGBoost: estimators and Boosters, from the model that the library saves as JSON.

The format: https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html. XGBoost rounds
numbers to float32.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Answer, Classes, Emitter
from baton_export.errors import Refused, Unsupported
from baton_export.estimators.linear import emit_product
from baton_export.estimators.links import emit_pair
from baton_export.graph.table import Matrix, Table, concatenate
from baton_export.steps.categories import map_to_numbers
from baton_export.tasks import BINARY_CLASSES
from baton_export.trees.forest import LT, Tree, emit_single_sums

_SIGMOID = ("binary:logistic", "reg:logistic", "binary:logitraw")
_EXP = ("count:poisson", "reg:gamma", "reg:tweedie")
_PLAIN = (
    "reg:squarederror",
    "reg:absoluteerror",
    "reg:quantileerror",
    "reg:pseudohubererror",
    "reg:squaredlogerror",
)
_NO_PROBABILITIES = {"multi:softmax": "multi:softprob", "binary:logitraw": "binary:logistic"}
"""Objectives whose `Booster.predict` returns labels or margins, and those to use instead."""


def emit_estimator(model: Any, table: Table, emitter: Emitter) -> Answer:
    """`XGBClassifier`, `XGBRegressor` and their forests."""
    iterations = _find_iterations(model)
    table = _replace_missing(model.missing, table, emitter)
    learner = _load(model.get_booster())
    if hasattr(model, "n_classes_"):
        return _emit_classes(learner, int(model.n_classes_), iterations, table, emitter)
    return _emit_values(learner, iterations, table, emitter)


def emit_booster(model: Any, table: Table, emitter: Emitter) -> Answer:
    """A `Booster`: the classes are 0, 1 and so on."""
    learner = _load(model)
    objective = learner["objective"]["name"]
    if objective in _NO_PROBABILITIES:
        raise Refused(
            f"a Booster with objective {objective!r} predicts no probabilities",
            f"train it with {_NO_PROBABILITIES[objective]!r}",
        )
    if (count := count_classes(model)) is not None:
        return _emit_classes(learner, count, None, table, emitter)
    return _emit_values(learner, None, table, emitter)


def count_classes(booster: Any) -> int | None:
    """Returns the number of classes of a `Booster`; None: a regression."""
    learner = _load(booster)
    objective = learner["objective"]["name"]
    if objective in ("binary:logistic", "binary:hinge", "binary:logitraw"):
        return BINARY_CLASSES
    if objective in ("multi:softprob", "multi:softmax"):
        return int(learner["learner_model_param"]["num_class"])
    return None


def _emit_classes(
    learner: Any, count: int, iterations: int | None, table: Table, emitter: Emitter
) -> Classes:
    raw = _emit_margin(learner, iterations, table, emitter).tensor
    graph = emitter.graph
    objective = learner["objective"]["name"]
    if objective == "binary:logistic":
        return Classes(count, emit_pair(graph.add("Sigmoid", raw), emitter), raw)
    if objective == "binary:hinge":
        is_second = graph.add("Greater", raw, graph.add_constant(0.0))
        return Classes(count, emit_pair(emitter.cast(is_second, TensorProto.DOUBLE), emitter))
    if objective in ("multi:softprob", "multi:softmax"):
        return Classes(count, graph.add("Softmax", raw, axis=1))
    raise Unsupported(f"objective {objective!r}", "use objective='binary:logistic'")


def _emit_values(learner: Any, iterations: int | None, table: Table, emitter: Emitter) -> Matrix:
    raw = _emit_margin(learner, iterations, table, emitter)
    objective = learner["objective"]["name"]
    if objective in _EXP:
        return Matrix(emitter.graph.add("Exp", raw.tensor), raw.width)
    if objective == "reg:logistic":
        return Matrix(emitter.graph.add("Sigmoid", raw.tensor), raw.width)
    if objective not in _PLAIN:
        raise Unsupported(f"objective {objective!r}", f"use one of {', '.join(_PLAIN)}")
    return raw


def _load(booster: Any) -> Any:
    return json.loads(bytes(booster.save_raw("json")))["learner"]


def _find_iterations(model: Any) -> int | None:
    """Returns after how many rounds early stopping found the best model; None: all."""
    try:
        return int(model.best_iteration) + 1
    except AttributeError:
        return None


def _emit_margin(learner: Any, iterations: int | None, table: Table, emitter: Emitter) -> Matrix:
    booster = learner["gradient_booster"]
    table = _encode_texts(learner, table, emitter)
    matrix = table.join(emitter.graph)
    targets = max(int(learner["learner_model_param"]["num_class"]), 1)
    targets = max(targets, int(learner["learner_model_param"].get("num_target", 1)))
    base = _read_base(learner, targets)
    if booster["name"] == "gblinear":
        weights = np.array(booster["model"]["weights"], dtype=float).reshape(-1, targets)
        matrix = emitter.round_to_single(matrix)
        is_gap = emitter.graph.add("IsNaN", matrix.tensor)
        zero = emitter.graph.add_constant(0.0)
        filled = Matrix(emitter.graph.add("Where", is_gap, zero, matrix.tensor), matrix.width)
        return emit_product(filled, weights[:-1].T, weights[-1] + base, emitter)
    trees = _read_trees(booster, targets, iterations)
    single = emitter.cast(matrix.tensor, TensorProto.FLOAT)
    sums = emit_single_sums(trees, [*map(float, base)], single, emitter)
    return Matrix(emitter.cast(sums, TensorProto.DOUBLE), targets)


def _read_base(learner: Any, targets: int) -> Any:
    """Returns the start of the sums: `base_score` before the link."""
    text = str(learner["learner_model_param"]["base_score"])
    score = np.array(json.loads(text), dtype=np.float32).astype(float).reshape(-1)
    objective = learner["objective"]["name"]
    if objective in _SIGMOID:
        score = -np.log(1.0 / score - 1.0)
    elif objective in _EXP:
        score = np.log(score)
    return np.broadcast_to(score, (targets,))


def _read_trees(booster: Any, targets: int, iterations: int | None) -> list[Tree]:
    drops = booster.get("weight_drop")  # of dart
    model = booster["gbtree"]["model"] if "gbtree" in booster else booster["model"]
    trees, owners = model["trees"], model["tree_info"]
    if iterations is not None:
        limits = model.get("iteration_indptr")
        parallel = int(model["gbtree_model_param"].get("num_parallel_tree", 1) or 1)
        end = limits[iterations] if limits else iterations * parallel * targets
        trees, owners = trees[:end], owners[:end]
    weights = drops or [1.0] * len(trees)
    parts = zip(trees, owners, weights)
    return [_read_tree(tree, owner, targets, float(weight)) for tree, owner, weight in parts]


def _read_tree(content: Mapping[str, Any], target: int, targets: int, weight: float) -> Tree:
    if int(content["tree_param"].get("size_leaf_vector", 1) or 1) > 1:
        raise Unsupported("multi_strategy='multi_output_tree'", "use 'one_output_per_tree'")
    sets = _read_sets(content)
    tree = Tree()
    left, right = content["left_children"], content["right_children"]
    values = np.array(content["split_conditions"], dtype=np.float32).astype(float)
    defaults = [bool(each) for each in content["default_left"]]
    firsts: dict[int, int] = {}
    splits: list[tuple[list[int], int, int]] = []
    open_nodes = [0]
    while open_nodes:
        node = open_nodes.pop()
        if left[node] < 0:
            leaf = [0.0] * targets
            leaf[target] = float(values[node]) * weight
            firsts[node] = tree.add_leaf(leaf)
            continue
        feature = int(content["split_indices"][node])
        if node in sets:  # a category of the set goes right
            numbers = tree.add_membership(feature, sets[node], missing=not defaults[node])
            splits.append((numbers, right[node], left[node]))
        else:
            numbers = [tree.add_split(LT, feature, float(values[node]), missing=defaults[node])]
            splits.append((numbers, left[node], right[node]))
        firsts[node] = numbers[0]
        open_nodes += [right[node], left[node]]
    for numbers, yes, no in splits:
        for each in numbers:
            tree.yes[each] = firsts[yes]
        tree.no[numbers[-1]] = firsts[no]
    return tree


def _read_sets(content: Mapping[str, Any]) -> dict[int, list[int]]:
    """Returns the categories of each categorical split, by node."""
    parts = (content.get(f"categories_{name}", []) for name in ("nodes", "segments", "sizes"))
    every = content.get("categories", [])
    return {node: every[start : start + size] for node, start, size in zip(*parts)}


def _replace_missing(missing: Any, table: Table, emitter: Emitter) -> Table:
    if missing is None or np.isnan(missing):
        return table
    matrix = emitter.round_to_single(table.join(emitter.graph))
    value = emitter.graph.add_constant(float(np.float32(missing)))
    is_gap = emitter.graph.add("Equal", matrix.tensor, value)
    gap = emitter.graph.add_constant(np.nan)
    return Table.from_matrix(
        Matrix(emitter.graph.add("Where", is_gap, gap, matrix.tensor), matrix.width)
    )


def _encode_texts(learner: Any, table: Table, emitter: Emitter) -> Table:
    """Emits the codes of text columns; XGBoost records the categories since 3.1."""
    if not any(each.matrix.is_text for each in table.columns):
        return table
    recorded = _read_categories(learner)
    columns = [table.take([place]) for place in range(table.width)]
    for place, column in enumerate(columns):
        if not column.is_text:
            continue
        if not recorded or not recorded[place]:
            raise Unsupported(
                "it does not record the texts of its categories", "fit it with XGBoost 3.1 or newer"
            )
        categories = recorded[place]
        codes = [*map(float, range(len(categories)))]
        matrix = column.join(emitter.graph)
        mapped = map_to_numbers(matrix, categories, codes, emitter, default=np.nan)
        columns[place] = Table.from_matrix(Matrix(mapped, 1))
    return concatenate(columns)


def _read_categories(learner: Any) -> list[list[str]]:
    """Returns the texts of each column's categories; they are stored as one run of UTF-8 bytes."""
    content = learner.get("cats") or learner["gradient_booster"].get("model", {}).get("cats") or {}
    return [_decode(each) for each in content.get("enc", [])]


def _decode(column: Mapping[str, Any]) -> list[str]:
    offsets, values = column.get("offsets", []), column.get("values", [])
    content = bytes(each % 256 for each in values) if offsets else b""
    return [content[start:end].decode() for start, end in zip(offsets, offsets[1:])]
