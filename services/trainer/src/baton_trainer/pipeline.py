"""The scikit-learn pipelines: imputation, scaling where it helps, one-hot, an estimator by name.

The steps are those that ONNX reproduces to 1e-6: trees are not scaled (rounding at thresholds
would flip labels), and missing text is no category (it encodes to zeros, as unknown text does).
"""

import contextlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from baton_registry.signature import Column
from baton_trainer import threads
from baton_trainer.errors import ParameterError, first_line

SEED = 0


@dataclass(frozen=True)
class Classifier:
    """An unfitted estimator.

    Attributes:
        name: a key of `ESTIMATORS`.
        estimator: its arguments are valid.
        is_linear: whether its features are scaled.
    """

    name: str
    estimator: ClassifierMixin
    is_linear: bool


@dataclass(frozen=True)
class Kind:
    """A kind of classifier.

    Attributes:
        make: makes it from constructor arguments.
        defaults: arguments that differ from scikit-learn's own defaults.
        is_linear: whether its features are scaled.
    """

    make: Callable[..., ClassifierMixin]
    defaults: Mapping[str, Any]
    is_linear: bool = False


ESTIMATORS: Mapping[str, Kind] = {
    "logistic": Kind(LogisticRegression, {"max_iter": 1_000}, is_linear=True),
    "hist_gradient_boosting": Kind(
        HistGradientBoostingClassifier,
        {"learning_rate": 0.05, "max_iter": 120, "max_leaf_nodes": 8},
    ),
    "random_forest": Kind(RandomForestClassifier, {"n_estimators": 200, "min_samples_leaf": 5}),
}


def classifier(name: str, params: Mapping[str, str]) -> Classifier:
    """A classifier by name, its arguments checked by scikit-learn itself.

    Args:
        name: a key of `ESTIMATORS`.
        params: constructor arguments as a user writes them, e.g. `{"C": "0.1"}`.

    Raises:
        ParameterError: no such estimator or argument, or a value that it refuses.
    """
    if name not in ESTIMATORS:
        raise ParameterError(f"no estimator {name!r}; there are {', '.join(ESTIMATORS)}")
    kind = ESTIMATORS[name]
    allowed = kind.make().get_params()
    for key in params:
        if key not in allowed:
            raise ParameterError(f"{name} takes no {key!r}; it takes {', '.join(sorted(allowed))}")
    values = {key: parsed(text) for key, text in params.items()}
    made = kind.make(**{"random_state": SEED, **kind.defaults, **values})
    _try(made)
    return Classifier(name, made, kind.is_linear)


def parsed(text: str) -> int | float | bool | str | None:
    """A parameter as a user writes it: an integer, a float, true, false or none, else text."""
    words: dict[str, bool | None] = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return number(text)
    return text


def build(classifier: Classifier, features: pd.DataFrame, columns: Sequence[Column]) -> Pipeline:
    """An unfitted pipeline for a table (`Table.features` with all its rows, `Table.columns`)."""
    texts = [column.name for column in columns if column.type == "string"]
    numbers = [column.name for column in columns if column.type != "string"]
    fill = SimpleImputer(strategy="median", keep_empty_features=True)
    steps: list[tuple[str, Any, list[str]]] = []
    if numbers:
        number_steps = make_pipeline(fill, StandardScaler()) if classifier.is_linear else fill
        steps.append(("numbers", number_steps, numbers))
    if texts:
        # scikit-learn would take NaN for a category, which ONNX encodes otherwise: name the others.
        categories = [sorted(features[name].dropna().unique()) for name in texts]
        one_hot = OneHotEncoder(categories=categories, handle_unknown="ignore", sparse_output=False)
        steps.append(("texts", one_hot, texts))
    return Pipeline([("columns", ColumnTransformer(steps)), ("classifier", classifier.estimator)])


def _try(estimator: ClassifierMixin) -> None:
    """Fits a handful of rows: the one public way to have all arguments checked."""
    rng = np.random.default_rng(SEED)
    rows, truth = rng.normal(size=(40, 2)), np.arange(40) % 2
    try:
        with warnings.catch_warnings(), threads.limited(len(rows)):
            warnings.simplefilter("ignore")
            estimator.fit(rows, truth)
    except (TypeError, ValueError) as error:
        raise ParameterError(first_line(error)) from error
