"""LightGBM: estimators and Boosters, from the model that the library dumps.

How it decides at a node: https://github.com/microsoft/LightGBM/blob/v4.5.0/include/LightGBM/tree.h
(`NumericalDecision`, `CategoricalDecision`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from baton_export.emitter import Answer, Classes, Emitter
from baton_export.errors import Refused, Unsupported
from baton_export.estimators.links import emit_normalized, emit_pair
from baton_export.graph.table import Matrix, Table, concatenate
from baton_export.steps.categories import map_to_numbers
from baton_export.tasks import BINARY_CLASSES
from baton_export.trees.forest import emit_sums
from baton_export.trees.tree import LEQ, Tree

_ZERO = 1e-35
"""What LightGBM takes for zero (`kZeroThreshold`)."""
_EXP = ("poisson", "gamma", "tweedie")
_PLAIN = ("regression", "regression_l1", "huber", "fair", "quantile", "mape")
_RANKS = ("lambdarank", "rank_xendcg")


@dataclass(frozen=True)
class Dump:
    """A dumped model.

    Attributes:
        content: what `Booster.dump_model` returns.
        categories: the texts of the categorical columns in order, if it was fitted on a DataFrame.
        objective: the name of the objective.
        options: its options, for example `{"sigmoid": "1"}`.
    """

    content: Mapping[str, Any]
    categories: list[list[Any]]
    objective: str
    options: Mapping[str, str]

    @property
    def targets(self) -> int:
        """The number of sums: that of the classes, or 1."""
        return int(self.content["num_tree_per_iteration"])


def emit_estimator(model: Any, table: Table, emitter: Emitter) -> Answer:
    """`LGBMClassifier`, `LGBMRegressor` and `LGBMRanker`."""
    best = model.best_iteration_ or -1
    dump = _read(model.booster_, best if isinstance(best, int) and best > 0 else -1)
    if hasattr(model, "classes_"):
        return _emit_classes(dump, len(model.classes_), table, emitter)
    return _emit_values(dump, table, emitter)


def emit_booster(model: Any, table: Table, emitter: Emitter) -> Answer:
    """A `Booster`: the classes are 0, 1 and so on."""
    dump = _read(model, model.best_iteration or -1)
    if (count := count_classes(model)) is not None:
        return _emit_classes(dump, count, table, emitter)
    return _emit_values(dump, table, emitter)


def count_classes(booster: Any) -> int | None:
    """Returns the number of classes of a `Booster`; None: a regression."""
    dump = _read(booster, 1)
    if dump.objective in ("binary", "cross_entropy"):
        return BINARY_CLASSES if dump.objective == "binary" else None
    return dump.targets if dump.objective.startswith("multiclass") else None


def _emit_classes(dump: Dump, count: int, table: Table, emitter: Emitter) -> Classes:
    raw = _emit_raw(dump, table, emitter).tensor
    graph = emitter.graph
    if dump.objective == "multiclass":
        return Classes(count, graph.add("Softmax", raw, axis=1), raw)
    if dump.objective not in ("binary", "multiclassova"):
        raise Unsupported(f"objective {dump.objective!r}", "use objective='binary'")
    factor = graph.add_constant(float(dump.options.get("sigmoid", 1.0)))
    sigmoid = graph.add("Sigmoid", graph.add("Mul", raw, factor))
    if dump.objective == "binary":
        return Classes(count, emit_pair(sigmoid, emitter), raw)
    return Classes(count, emit_normalized(sigmoid, emitter), raw)


def _emit_values(dump: Dump, table: Table, emitter: Emitter) -> Matrix:
    raw = _emit_raw(dump, table, emitter)
    graph = emitter.graph
    if dump.objective in _EXP:
        return Matrix(graph.add("Exp", raw.tensor), raw.width)
    if dump.objective == "cross_entropy":
        return Matrix(graph.add("Sigmoid", raw.tensor), raw.width)
    if dump.objective not in (*_PLAIN, *_RANKS) or "sqrt" in dump.options:
        raise Unsupported(f"objective {dump.objective!r}", f"use one of {', '.join(_PLAIN)}")
    return raw


def _read(booster: Any, iterations: int) -> Dump:
    content = booster.dump_model(num_iteration=iterations)
    name, *rest = str(content.get("objective", "custom")).split()
    options = {key: value for key, _, value in (each.partition(":") for each in rest)}
    return Dump(content, booster.pandas_categorical or [], name, options)


def _emit_raw(dump: Dump, table: Table, emitter: Emitter) -> Matrix:
    columns = _encode_texts(dump, table, emitter)
    infos = dump.content["tree_info"]
    targets = dump.targets
    zeros: set[int] = set()
    integers: set[int] = set()
    trees = []
    for place, info in enumerate(infos):
        reader = _Reader(targets, place % targets, zeros, integers)
        trees.append(reader.read(info["tree_structure"]))
    columns = _clean(columns, zeros, integers, emitter)
    sums = emit_sums(trees, targets, columns.join(emitter.graph), emitter)
    if dump.content.get("average_output"):
        rounds = emitter.graph.add_constant(len(trees) / targets)
        sums = emitter.graph.add("Div", sums, rounds)
    return Matrix(sums, targets)


class _Reader:
    """Reads one tree."""

    def __init__(self, targets: int, target: int, zeros: set[int], integers: set[int]) -> None:
        """Takes the tree's target; adds columns to the sets.

        Args:
            targets: the number of targets.
            target: the target that the leaves add to.
            zeros: gains the columns in which zero counts as missing.
            integers: gains the columns that hold codes of categories.
        """
        self._tree = Tree()
        self._targets = targets
        self._target = target
        self._zeros = zeros
        self._integers = integers

    def read(self, root: Mapping[str, Any]) -> Tree:
        open_nodes: list[tuple[Mapping[str, Any], list[int], bool]] = [(root, [], True)]
        while open_nodes:
            node, parents, is_yes = open_nodes.pop()
            numbers = self._add(node)
            for parent in parents:
                (self._tree.yes if is_yes else self._tree.no)[parent] = numbers[0]
            if "split_index" in node:
                open_nodes.append((node["right_child"], [numbers[-1]], False))
                open_nodes.append((node["left_child"], numbers, True))
        return self._tree

    def _add(self, node: Mapping[str, Any]) -> list[int]:
        if "split_index" not in node:
            if "leaf_const" in node or "leaf_coeff" in node:
                raise Refused("converters drop the linear models of linear_tree", "fit without it")
            leaf = [0.0] * self._targets
            leaf[self._target] = float(node["leaf_value"])
            return [self._tree.add_leaf(leaf)]
        feature = int(node["split_feature"])
        if node["decision_type"] == "==":
            self._integers.add(feature)
            members = [int(each) for each in str(node["threshold"]).split("||")]
            return self._tree.add_membership(feature, members, missing=False)
        value = float(node["threshold"])
        missing = bool(node["default_left"])
        if node["missing_type"] == "None":  # NaN counts as 0
            missing = value >= 0
        elif node["missing_type"] == "Zero":
            self._zeros.add(feature)
        return [self._tree.add_split(LEQ, feature, value, missing=missing)]


def _encode_texts(dump: Dump, table: Table, emitter: Emitter) -> Table:
    """Emits the codes of text columns; an unknown text has the code -1."""
    texts = [place for place, each in enumerate(table.columns) if each.matrix.is_text]
    if not texts and not dump.categories:
        return table
    if len(texts) != len(dump.categories):
        raise Unsupported(
            "not every category column holds texts", "convert them to texts before fitting"
        )
    columns = [table.take([place]) for place in range(table.width)]
    for place, categories in zip(texts, dump.categories):
        matrix = columns[place].join(emitter.graph)
        codes = [*map(float, range(len(categories)))]
        mapped = map_to_numbers(matrix, categories, codes, emitter, default=-1.0)
        columns[place] = Table.from_matrix(Matrix(mapped, 1))
    return concatenate(columns)


def _clean(table: Table, zeros: set[int], integers: set[int], emitter: Emitter) -> Table:
    """Emits NaN for zeros that count as missing, and whole numbers for codes."""
    graph = emitter.graph
    columns = [table.take([place]) for place in range(table.width)]
    if not zeros | integers:
        return table
    for place in zeros:
        value = columns[place].join(graph).tensor
        size = graph.add("Abs", value)
        is_zero = graph.add("LessOrEqual", size, graph.add_constant(_ZERO))
        cleaned = graph.add("Where", is_zero, graph.add_constant(np.nan), value)
        columns[place] = Table.from_matrix(Matrix(cleaned, 1))
    for place in integers:
        value = columns[place].join(graph).tensor
        whole = graph.add(
            "Mul", graph.add("Sign", value), graph.add("Floor", graph.add("Abs", value))
        )
        columns[place] = Table.from_matrix(Matrix(whole, 1))
    return concatenate(columns)
