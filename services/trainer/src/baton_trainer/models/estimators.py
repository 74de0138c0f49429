"""The classifiers by name, with their arguments as a user writes them."""

import contextlib
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from baton_common.texts import get_first_line
from baton_trainer.errors import ParameterError
from baton_trainer.models import boosters, threads

_SOURCE_PLACE = re.compile(r"^\[[\d:]+\] \S+: | at \S+, line \d+ \.$")
"""Where in their own sources XGBoost and LightGBM found an argument wrong: no news to a user."""


@dataclass(frozen=True)
class Classifier:
    """An unfitted estimator.

    Attributes:
        name: a key of `ESTIMATORS`.
        estimator: its arguments are valid; takes labels of any type.
        params: all its constructor arguments.
        is_linear: whether its features are scaled.
    """

    name: str
    estimator: ClassifierMixin
    params: Mapping[str, Any]
    is_linear: bool


def _as_it_is(estimator: ClassifierMixin) -> ClassifierMixin:
    return estimator


@dataclass(frozen=True)
class Kind:
    """A kind of classifier.

    Attributes:
        make: makes it from constructor arguments.
        defaults: arguments that differ from the library's own defaults.
        is_linear: whether its features are scaled.
        finish: makes it one that takes labels of any type.
        library: the distribution that it comes from.
    """

    make: Callable[..., ClassifierMixin]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    is_linear: bool = False
    finish: Callable[[ClassifierMixin], ClassifierMixin] = _as_it_is
    library: str = "scikit-learn"


# Small steps and small trees: what cross-validation on tables of some thousand rows prefers.
ESTIMATORS: Mapping[str, Kind] = {
    "logistic": Kind(LogisticRegression, {"max_iter": 1_000}, is_linear=True),
    "hist_gradient_boosting": Kind(
        HistGradientBoostingClassifier,
        {"learning_rate": 0.05, "max_iter": 120, "max_leaf_nodes": 8},
    ),
    "random_forest": Kind(RandomForestClassifier, {"n_estimators": 200, "min_samples_leaf": 5}),
    "lightgbm": Kind(
        boosters.build_lightgbm,
        {
            "learning_rate": 0.05,
            "n_estimators": 150,
            "num_leaves": 6,
            "min_child_samples": 40,
            "subsample_freq": 1,  # without it `subsample` means nothing
            "n_jobs": 0,  # as many threads as OpenMP is allowed; its default ignores `threads`
            "deterministic": True,
            "force_row_wise": True,  # else it times both ways, and the faster one differs
            "verbosity": -1,
        },
        library="lightgbm",
    ),
    "xgboost": Kind(
        boosters.build_xgboost,
        {
            "learning_rate": 0.05,
            "n_estimators": 150,
            "max_depth": 3,
            "min_child_weight": 5,
            "reg_lambda": 1.0,  # as its default, which it does not name
            "subsample": 0.8,
            "colsample_bytree": 0.8,
            "verbosity": 0,
        },
        finish=boosters.accept_any_labels,
        library="xgboost-cpu",
    ),
}


def build_classifier(name: str, params: Mapping[str, str], seed: int = 0) -> Classifier:
    """A classifier by name, its arguments checked by its own library.

    Args:
        name: a key of `ESTIMATORS`.
        params: constructor arguments as a user writes them, e.g. `{"C": "0.1"}`.
        seed: its random state, unless `params` names another.

    Raises:
        ParameterError: no such estimator or argument, or a value that it refuses.
    """
    if name not in ESTIMATORS:
        raise ParameterError(f"no estimator {name!r}; there are {', '.join(ESTIMATORS)}")
    kind = ESTIMATORS[name]
    allowed = kind.make(**kind.defaults).get_params()
    for key in params:
        if key not in allowed:
            raise ParameterError(f"{name} takes no {key!r}; it takes {', '.join(sorted(allowed))}")
    values = {key: parse_value(text) for key, text in params.items()}
    made = build_from_values(name, values, seed)
    _check_params(made)
    return made


def build_from_values(name: str, values: Mapping[str, Any], seed: int) -> Classifier:
    """A classifier by name, of arguments that are known to be valid."""
    kind = ESTIMATORS[name]
    made = kind.make(**{"random_state": seed, **kind.defaults, **values})
    return Classifier(name, kind.finish(made), made.get_params(), kind.is_linear)


def parse_value(text: str) -> int | float | bool | str | None:
    """A parameter as a user writes it: an integer, a float, true, false or none, else text."""
    words: dict[str, bool | None] = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return number(text)
    return text


def _check_params(classifier: Classifier) -> None:
    """Fits a handful of rows: the one public way to have all arguments checked."""
    rng = np.random.default_rng(0)
    rows, truth = rng.normal(size=(40, 2)), np.arange(40) % 2
    try:
        with warnings.catch_warnings(), threads.limit(len(rows)):
            warnings.simplefilter("ignore")
            classifier.estimator.fit(rows, truth)
    except Exception as error:  # the libraries' own have no common base but Exception
        reason = _SOURCE_PLACE.sub("", get_first_line(error))
        raise ParameterError(f"{classifier.name}: {reason}") from error
