"""Estimators of estimators: votes, stacks, bags, one for each class or target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Classes, Emitter, Labels
from baton_export.errors import Unsupported
from baton_export.estimators.links import (
    emit_index,
    emit_normalized,
    emit_pair,
    require_probabilities,
    take_column,
)
from baton_export.graph.table import Matrix, Table, concatenate


def emit_voting_classifier(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`VotingClassifier`: the weighted mean of the probabilities, or the most votes."""
    members = [emitter.emit_classes(each, table) for each in model.estimators_]
    weights = _find_weights(model, len(members))
    count = len(model.classes_)
    if model.voting == "soft":
        tensors = [require_probabilities(each) for each in members]
        return Classes(count, emit_mean(tensors, emitter, weights))
    return Classes(count, index=emit_most_votes(members, count, emitter, weights))


def emit_voting_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`VotingRegressor`: the weighted mean."""
    members = [emitter.emit_values(each, table).tensor for each in model.estimators_]
    return Matrix(emit_mean(members, emitter, _find_weights(model, len(members))), 1)


def emit_stacking_classifier(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`StackingClassifier`: the final estimator sees what the others say."""
    parts = []
    methods = zip(model.estimators_, _list_methods(model))
    for member, method in methods:
        answer = emitter.emit_classes(member, table)
        if method == "predict_proba":
            tensor, width = require_probabilities(answer), answer.count
            if answer.is_binary:  # the first says nothing that the second does not say
                tensor, width = take_column(tensor, 1, emitter), 1
        elif method == "decision_function" and answer.decision is not None:
            tensor, width = answer.decision, 1 if answer.is_binary else answer.count
        else:
            raise Unsupported(f"stack_method={method!r}", "use predict_proba")
        parts.append(Table.from_matrix(Matrix(tensor, width)))
    return emitter.emit_classes(model.final_estimator_, _add_rows(model, parts, table))


def emit_stacking_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`StackingRegressor`: the final estimator sees what the others say."""
    members = (emitter.emit_values(each, table) for each in model.estimators_)
    parts = [Table.from_matrix(each) for each in members]
    return emitter.emit_values(model.final_estimator_, _add_rows(model, parts, table))


def emit_bagging_classifier(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`BaggingClassifier`: the mean of the probabilities."""
    members = [
        emitter.emit_classes(member, table.take([*map(int, features)]))
        for member, features in zip(model.estimators_, model.estimators_features_)
    ]
    if any(each.count != len(model.classes_) for each in members):
        raise Unsupported("a member saw fewer classes than there are", "use more rows a member")
    tensors = [require_probabilities(each) for each in members]
    return Classes(len(model.classes_), emit_mean(tensors, emitter))


def emit_bagging_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`BaggingRegressor`: the mean."""
    members = [
        emitter.emit_values(member, table.take([*map(int, features)]))
        for member, features in zip(model.estimators_, model.estimators_features_)
    ]
    return Matrix(emit_mean([each.tensor for each in members], emitter), members[0].width)


def emit_one_vs_rest(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`OneVsRestClassifier` of one target."""
    if model.multilabel_:
        raise Unsupported("several yes-or-no labels", "use MultiOutputClassifier")
    members = [emitter.emit_classes(each, table) for each in model.estimators_]
    count = len(model.classes_)
    seconds = [take_column(require_probabilities(each), 1, emitter) for each in members]
    if len(seconds) == 1:
        return Classes(count, emit_pair(seconds[0], emitter), members[0].decision)
    joined = emitter.graph.add("Concat", *seconds, axis=1)
    decisions = [each.decision for each in members if each.decision is not None]
    has_decisions = len(decisions) == len(members)
    decision = emitter.graph.add("Concat", *decisions, axis=1) if has_decisions else joined
    return Classes(count, emit_normalized(joined, emitter), decision)


def emit_multi_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`MultiOutputRegressor`: one regressor a target."""
    members = [emitter.emit_values(each, table).tensor for each in model.estimators_]
    return Matrix(emitter.graph.add("Concat", *members, axis=1), len(members))


def emit_regressor_chain(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`RegressorChain`: each regressor also sees the values of those before it."""
    parts: list[Table] = []
    for member in model.estimators_:
        value = emitter.emit_values(member, concatenate([table, *parts]))
        parts.append(Table.from_matrix(value))
    return concatenate(parts).take([*map(int, np.argsort(model.order_))]).join(emitter.graph)


def emit_multi_classifier(model: Any, table: Table, emitter: Emitter) -> Labels:
    """`MultiOutputClassifier`: one classifier a label."""
    members = [emitter.emit_classes(each, table) for each in model.estimators_]
    return join_labels(members, emitter)


def emit_classifier_chain(model: Any, table: Table, emitter: Emitter) -> Labels:
    """`ClassifierChain`: each classifier also sees the labels of those before it."""
    parts: list[Table] = []
    members = []
    if getattr(model, "chain_method_", "predict") != "predict":
        raise Unsupported("chain_method is not 'predict'", "use chain_method='predict'")
    for member in model.estimators_:
        answer = emitter.emit_classes(member, concatenate([table, *parts]))
        index = emit_index(answer, emitter)
        members.append(Classes(answer.count, answer.probabilities, answer.decision, index))
        label = emitter.cast(index, TensorProto.DOUBLE)
        shape = emitter.graph.add_constant(np.array([-1, 1]))
        parts.append(Table.from_matrix(Matrix(emitter.graph.add("Reshape", label, shape), 1)))
    return join_labels([members[place] for place in np.argsort(model.order_)], emitter)


def join_labels(members: Sequence[Classes], emitter: Emitter) -> Labels:
    """Joins classifiers of two classes to several labels."""
    graph = emitter.graph
    if any(not each.is_binary for each in members):
        raise Unsupported("a label does not have two classes", "register one model per target")
    shape = graph.add_constant(np.array([-1, 1]))
    indices = [graph.add("Reshape", emit_index(each, emitter), shape) for each in members]
    index = graph.add("Concat", *indices, axis=1)
    if any(each.probabilities is None for each in members):
        return Labels(index)
    seconds = [take_column(require_probabilities(each), 1, emitter) for each in members]
    return Labels(index, graph.add("Concat", *seconds, axis=1))


def emit_mean(tensors: Sequence[str], emitter: Emitter, weights: Any = None) -> str:
    """Emits the weighted mean of tensors of one shape."""
    graph = emitter.graph
    if weights is not None:
        scaled = zip(tensors, np.asarray(weights, dtype=float))
        tensors = [graph.add("Mul", each, graph.add_constant(weight)) for each, weight in scaled]
    total = tensors[0] if len(tensors) == 1 else graph.add("Sum", *tensors)
    divisor = float(len(tensors) if weights is None else np.sum(weights))
    return graph.add("Div", total, graph.add_constant(divisor))


def emit_most_votes(
    members: Sequence[Classes], count: int, emitter: Emitter, weights: Any = None
) -> str:
    """Emits the class with the most votes, the first of equals."""
    graph = emitter.graph
    weights = np.ones(len(members)) if weights is None else np.asarray(weights, dtype=float)
    shape, classes = graph.add_constant(np.array([-1, 1])), np.arange(count).reshape(1, -1)
    votes = []
    for member, weight in zip(members, weights):
        index = graph.add("Reshape", emit_index(member, emitter), shape)
        flags = graph.add("Equal", index, graph.add_constant(classes))
        vote = emitter.cast(flags, TensorProto.DOUBLE)
        votes.append(graph.add("Mul", vote, graph.add_constant(float(weight))))
    return graph.add("ArgMax", graph.add("Sum", *votes), axis=1, keepdims=0)


def _find_weights(model: Any, count: int) -> Any:
    if model.weights is None:
        return None
    kept = [
        weight
        for weight, (_, each) in zip(model.weights, model.estimators)
        if not isinstance(each, str)  # "drop"
    ]
    return kept if len(kept) == count else None


def _list_methods(model: Any) -> list[str]:
    methods = model.stack_method_
    return [methods] * len(model.estimators_) if isinstance(methods, str) else [*methods]


def _add_rows(model: Any, parts: list[Table], table: Table) -> Table:
    return concatenate([*parts, table] if model.passthrough else parts)
