"""Linear models: a product, an intercept and a link, in double."""

from __future__ import annotations

from typing import Any

import numpy as np

from baton_export.emitter import Classes, Emitter
from baton_export.errors import Refused, Unsupported
from baton_export.estimators.links import emit_normalized, emit_sigmoid_pair
from baton_export.graph.table import Matrix, Table
from baton_export.tasks import BINARY_CLASSES

_HUGE = 1e6


def emit_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """Any regressor that predicts `x @ coef_ + intercept_`."""
    return emit_product(table.join(emitter.graph), model.coef_, model.intercept_, emitter)


def emit_log_linear(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`PoissonRegressor` and `GammaRegressor`: the link is the logarithm."""
    values = emit_regressor(model, table, emitter)
    return Matrix(emitter.graph.add("Exp", values.tensor), values.width)


def emit_tweedie(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`TweedieRegressor`: the link depends on the power."""
    is_identity = model.link == "identity" or (model.link == "auto" and model.power <= 0)
    return (emit_regressor if is_identity else emit_log_linear)(model, table, emitter)


def emit_ransac(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`RANSACRegressor`: its estimator."""
    return emitter.emit_values(model.estimator_, table)


def emit_pls(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`PLSRegression`, `PLSCanonical` and `CCA` of scikit-learn 1.3 and newer."""
    graph = emitter.graph
    matrix = table.join(graph)
    if np.shape(model.coef_)[1] != matrix.width:
        raise Unsupported("scikit-learn 1.2 stores other coefficients", "fit it with a newer one")
    center = graph.add_constant(np.asarray(model._x_mean, dtype=float).reshape(1, -1))
    centered = Matrix(graph.add("Sub", matrix.tensor, center), matrix.width)
    return emit_product(centered, model.coef_, model.intercept_, emitter)


def emit_decision(model: Any, table: Table, emitter: Emitter) -> Classes:
    """A linear classifier without probabilities, such as `LinearSVC`."""
    decision = emit_product(table.join(emitter.graph), model.coef_, model.intercept_, emitter)
    return Classes(len(model.classes_), decision=decision.tensor)


def emit_logistic(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`LogisticRegression`: softmax, or sigmoids of one class against the rest.

    See https://scikit-learn.org/stable/modules/linear_model.html#logistic-regression.
    """
    plain = emit_decision(model, table, emitter)
    decision = str(plain.decision)
    scheme = getattr(model, "multi_class", "auto")
    is_liblinear = model.solver == "liblinear"
    if plain.is_binary:
        factor = 2.0 if scheme == "multinomial" else 1.0
        probabilities = emit_sigmoid_pair(decision, emitter, factor)
    elif scheme in ("ovr", "warn") or (scheme in ("auto", "deprecated") and is_liblinear):
        sigmoids = emitter.graph.add("Sigmoid", decision)
        probabilities = emit_normalized(sigmoids, emitter)
    else:
        probabilities = emitter.graph.add("Softmax", decision, axis=1)
    return Classes(plain.count, probabilities, decision)


def emit_discriminant(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`LinearDiscriminantAnalysis`: sklearn-onnx#1116 squares the odds of two classes."""
    plain = emit_decision(model, table, emitter)
    decision = str(plain.decision)
    if plain.is_binary:
        probabilities = emit_sigmoid_pair(decision, emitter)
    else:
        probabilities = emitter.graph.add("Softmax", decision, axis=1)
    return Classes(plain.count, probabilities, decision)


def emit_sgd(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`SGDClassifier`: probabilities with the losses `log_loss` and `modified_huber`."""
    plain = emit_decision(model, table, emitter)
    decision = str(plain.decision)
    if not hasattr(model, "predict_proba"):
        return plain
    if model.loss not in ("log_loss", "log"):
        raise Unsupported(f"the probabilities of loss={model.loss!r}", "use loss='log_loss'")
    if plain.is_binary:
        probabilities = emit_sigmoid_pair(decision, emitter)
    else:
        probabilities = emit_normalized(emitter.graph.add("Sigmoid", decision), emitter)
    return Classes(plain.count, probabilities, decision)


def refuse_lars(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`Lars`: with collinear columns its coefficients cancel each other."""
    if np.abs(model.coef_).max(initial=0.0) > _HUGE:
        raise Refused(
            "its coefficients are so large that rounding changes the result",
            "use LassoLars, or drop collinear columns (OneHotEncoder: drop='first')",
        )
    return emit_regressor(model, table, emitter)


def emit_network(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """The layers of `MLPClassifier` and `MLPRegressor`, without the last activation."""
    matrix = table.join(emitter.graph)
    layers = [*zip(model.coefs_, model.intercepts_)]
    for place, (weights, bias) in enumerate(layers):
        matrix = emit_product(matrix, weights.T, bias, emitter)
        if place < len(layers) - 1 and model.activation != "identity":
            operator = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid"}[model.activation]
            matrix = Matrix(emitter.graph.add(operator, matrix.tensor), matrix.width)
    return matrix


def emit_network_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`MLPRegressor`: with loss='poisson' the values are exponentials."""
    raw = emit_network(model, table, emitter)
    if model.out_activation_ == "exp":
        return Matrix(emitter.graph.add("Exp", raw.tensor), raw.width)
    if model.out_activation_ != "identity":
        raise Unsupported(f"out_activation_={model.out_activation_!r}", "use MLPRegressor's losses")
    return raw


def emit_network_classifier(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`MLPClassifier` of one target."""
    raw = emit_network(model, table, emitter)
    if model.out_activation_ == "logistic" and raw.width == 1:
        return Classes(BINARY_CLASSES, emit_sigmoid_pair(raw.tensor, emitter), raw.tensor)
    if model.out_activation_ != "softmax":
        raise Unsupported("several yes-or-no labels", "use MultiOutputClassifier")
    probabilities = emitter.graph.add("Softmax", raw.tensor, axis=1)
    return Classes(raw.width, probabilities, raw.tensor)


def emit_product(matrix: Matrix, coefficients: Any, intercept: Any, emitter: Emitter) -> Matrix:
    """Emits `x @ coefficients.T + intercept`, `[rows, outputs]`."""
    if hasattr(coefficients, "toarray"):
        coefficients = coefficients.toarray()
    weights = np.atleast_2d(np.asarray(coefficients, dtype=float))
    product = emitter.graph.add("MatMul", matrix.tensor, emitter.graph.add_constant(weights.T))
    offset = np.broadcast_to(np.asarray(intercept, dtype=float).reshape(1, -1), (1, len(weights)))
    tensor = emitter.graph.add("Add", product, emitter.graph.add_constant(offset))
    return Matrix(tensor, len(weights))
