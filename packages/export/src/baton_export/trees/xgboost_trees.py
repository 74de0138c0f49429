"""XGBoost: estimators and Boosters. XGBoost rounds numbers to float32."""

from __future__ import annotations

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
from baton_export.trees.forest import emit_single_sums
from baton_export.trees.xgboost_json import (
    EXP,
    load_learner,
    read_base,
    read_categories,
    read_trees,
)

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
    learner = load_learner(model.get_booster())
    if hasattr(model, "n_classes_"):
        return _emit_classes(learner, int(model.n_classes_), iterations, table, emitter)
    return _emit_values(learner, iterations, table, emitter)


def emit_booster(model: Any, table: Table, emitter: Emitter) -> Answer:
    """A `Booster`: the classes are 0, 1 and so on."""
    learner = load_learner(model)
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
    learner = load_learner(booster)
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
    if objective in EXP:
        return Matrix(emitter.graph.add("Exp", raw.tensor), raw.width)
    if objective == "reg:logistic":
        return Matrix(emitter.graph.add("Sigmoid", raw.tensor), raw.width)
    if objective not in _PLAIN:
        raise Unsupported(f"objective {objective!r}", f"use one of {', '.join(_PLAIN)}")
    return raw


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
    base = read_base(learner, targets)
    if booster["name"] == "gblinear":
        weights = np.array(booster["model"]["weights"], dtype=float).reshape(-1, targets)
        matrix = emitter.round_to_single(matrix)
        is_gap = emitter.graph.add("IsNaN", matrix.tensor)
        zero = emitter.graph.add_constant(0.0)
        filled = Matrix(emitter.graph.add("Where", is_gap, zero, matrix.tensor), matrix.width)
        return emit_product(filled, weights[:-1].T, weights[-1] + base, emitter)
    trees = read_trees(booster, targets, iterations)
    single = emitter.cast(matrix.tensor, TensorProto.FLOAT)
    sums = emit_single_sums(trees, [*map(float, base)], single, emitter)
    return Matrix(emitter.cast(sums, TensorProto.DOUBLE), targets)


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
    recorded = read_categories(learner)
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
