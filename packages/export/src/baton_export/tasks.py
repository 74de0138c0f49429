"""Finds what a fitted model answers: its task, its classes, the names of its outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, Union

import numpy as np
from sklearn.base import ClassifierMixin, OutlierMixin, RegressorMixin

from baton_export.errors import CannotExport
from baton_export.unwrapping import find_final_estimator, unwrap

TaskName = Literal["binary", "multiclass", "regression", "quantiles", "anomaly", "multilabel"]
Label = Union[str, int, bool]

BINARY_CLASSES = 2
_MATRIX_NDIM = 2
_TARGETS = ("_y", "_y_train", "y_train_")  # of neighbours and Gaussian processes


@dataclass(frozen=True)
class ModelTask:
    """What a model answers.

    Attributes:
        task: the task's name.
        classes: the labels of `binary` and `multiclass`, in the order of the probabilities.
        names: the names of the values (`quantiles`) or labels (`multilabel`): `y0`, `y1`, ….
        has_probabilities: False for a classifier that only gives labels, such as `LinearSVC`.
    """

    task: TaskName
    classes: tuple[Label, ...] = ()
    names: tuple[str, ...] = ()
    has_probabilities: bool = True

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs of the exported graph, in order."""
        if self.task in ("regression", "quantiles"):
            return ("value",)
        if self.task == "anomaly":
            return ("label", "score")
        return ("label", "probabilities") if self.has_probabilities else ("label",)


def describe_task(model: Any) -> ModelTask:
    """Describes what a fitted model answers.

    Args:
        model: a fitted estimator, pipeline or search; a Booster of XGBoost or LightGBM; a CatBoost
            model.

    Raises:
        CannotExport: the model has no task that Baton serves.
    """
    model = unwrap(model)
    estimator = find_final_estimator(model)
    if isinstance(estimator, OutlierMixin):
        return ModelTask("anomaly")
    if type(estimator).__name__ == "Booster":
        return _describe_booster(estimator)
    classes = getattr(model, "classes_", None)
    kind = getattr(estimator, "_estimator_type", None)  # CatBoost has no mixin
    is_classifier = isinstance(estimator, ClassifierMixin) or kind == "classifier"
    if is_classifier and classes is not None:
        return _describe_classifier(model, estimator, classes)
    if isinstance(estimator, RegressorMixin) or kind == "regressor":
        return describe_regression(count_outputs(estimator))
    raise CannotExport(
        f"{type(estimator).__name__} is neither a classifier nor a regressor nor an outlier"
        " detector; end the pipeline with one of these"
    )


def describe_regression(outputs: int) -> ModelTask:
    """Describes a regression with so many values a row."""
    if outputs == 1:
        return ModelTask("regression")
    return ModelTask("quantiles", names=name_outputs(outputs))


def name_outputs(count: int) -> tuple[str, ...]:
    """Names the outputs of a model that names none."""
    return tuple(f"y{index}" for index in range(count))


def count_outputs(estimator: Any) -> int:
    """Counts the values that a fitted regressor returns for a row."""
    estimator = find_final_estimator(estimator)
    if hasattr(estimator, "regressor_"):  # TransformedTargetRegressor
        return count_outputs(estimator.regressor_)
    if hasattr(estimator, "n_outputs_"):
        return int(estimator.n_outputs_)
    if type(estimator).__name__ in ("MultiOutputRegressor", "RegressorChain"):
        return len(estimator.estimators_)
    if type(estimator).__name__ in ("SVR", "NuSVR"):  # coefficients of its one output: [1, columns]
        return 1
    # PLSRegression's coefficients are transposed before scikit-learn 1.3
    values = getattr(estimator, "y_loadings_", getattr(estimator, "coef_", None))
    if values is not None:
        return len(values) if np.ndim(values) == _MATRIX_NDIM else 1
    targets = (np.shape(getattr(estimator, name, 0.0)) for name in _TARGETS)
    return next((shape[1] for shape in targets if len(shape) == _MATRIX_NDIM), 1)


def to_plain_classes(classes: Sequence[Any]) -> tuple[Label, ...]:
    """Returns the classes as texts, integers or booleans.

    Raises:
        CannotExport: a class is something else, for example 0.5.
    """
    plain = np.asarray(classes).tolist()
    if all(isinstance(each, float) and each.is_integer() for each in plain):
        plain = [int(each) for each in plain]
    if not all(isinstance(each, (str, int)) for each in plain):
        raise CannotExport(
            f"the classes {plain[:3]} are neither texts nor whole numbers nor booleans;"
            " fit the model on such a target"
        )
    return tuple(plain)


def _describe_booster(booster: Any) -> ModelTask:
    """Describes a Booster of XGBoost or LightGBM: its classes are 0, 1 and so on."""
    library = type(booster).__module__.partition(".")[0]
    trees = import_module(f"baton_export.trees.{library}_trees")
    count = trees.count_classes(booster)
    if count is None:
        return ModelTask("regression")
    return ModelTask("binary" if count == BINARY_CLASSES else "multiclass", tuple(range(count)))


def _describe_classifier(model: Any, estimator: Any, classes: Any) -> ModelTask:
    has_probabilities = hasattr(model, "predict_proba")
    if isinstance(classes, list) and np.ndim(classes[0]) == 1:
        if any(len(each) > BINARY_CLASSES for each in classes):
            raise CannotExport(
                f"{type(estimator).__name__} predicts several targets with more than two classes"
                " each; register one model per target"
            )
        names = name_outputs(len(classes))
        return ModelTask("multilabel", names=names, has_probabilities=has_probabilities)
    plain = to_plain_classes(classes)
    if getattr(estimator, "multilabel_", False) or _is_multilabel_network(estimator):
        return ModelTask("multilabel", (), name_outputs(len(plain)), has_probabilities)
    task: TaskName = "binary" if len(plain) == BINARY_CLASSES else "multiclass"
    return ModelTask(task, plain, (), has_probabilities)


def _is_multilabel_network(estimator: Any) -> bool:
    binarizer = getattr(estimator, "_label_binarizer", None)
    return getattr(binarizer, "y_type_", "").startswith("multilabel")
