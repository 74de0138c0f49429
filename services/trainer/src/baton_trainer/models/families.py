"""The estimator families: one description of each, from which training, search and tracking derive.

This module imports no library of estimators, so that only the chosen one is loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from baton_registry.versions.output_schema import OutputSchema
from baton_trainer.request import DEFAULT_REGRESSOR

Kind = Literal["classifier", "regressor"]

SKLEARN = "scikit-learn"
DEFAULT = "logistic"


@dataclass(frozen=True)
class FloatRange:
    """The numbers between two bounds, both included; `is_log` searches on a logarithmic scale."""

    low: float
    high: float
    is_log: bool = False


@dataclass(frozen=True)
class IntRange:
    """The whole numbers between two bounds, both included."""

    low: int
    high: int
    step: int = 1
    is_log: bool = False


@dataclass(frozen=True)
class Choice:
    """A few values."""

    values: tuple[Any, ...]


Space = Mapping[str, FloatRange | IntRange | Choice]
"""The values that a search tries, by argument."""


@dataclass(frozen=True)
class Family:
    """An estimator that Baton trains.

    Attributes:
        constructor: the import path of a class or function that builds it from its arguments.
        space: what a search may try; ONNX can express all its values.
        defaults: arguments that differ from the library's defaults.
        is_linear: whether its features must be scaled.
        takes_any_labels: False if it only learns the classes 0 to k-1.
        distribution: the package to install.
        package: the package to import.
    """

    constructor: str
    space: Space
    defaults: Mapping[str, Any] = field(default_factory=dict)
    is_linear: bool = False
    takes_any_labels: bool = True
    distribution: str = SKLEARN
    package: str = "sklearn"


_LEARNING_RATE = FloatRange(0.01, 0.2, is_log=True)
_TREES = IntRange(50, 400, step=10)
_SHARE = FloatRange(0.4, 1.0)
_BOOSTER_SPACE: Space = {
    "learning_rate": _LEARNING_RATE,
    "n_estimators": _TREES,
    "reg_lambda": FloatRange(0.0, 10.0),
    "subsample": _SHARE,
    "colsample_bytree": _SHARE,
}

# Small steps and small trees do best in cross-validation on tables of some thousand rows.
CLASSIFIERS: Mapping[str, Family] = {
    DEFAULT: Family(
        "sklearn.linear_model:LogisticRegression",
        {"C": FloatRange(1e-3, 1e3, is_log=True)},
        {"max_iter": 1_000},
        is_linear=True,
    ),
    "hist_gradient_boosting": Family(
        "sklearn.ensemble:HistGradientBoostingClassifier",
        {
            "learning_rate": _LEARNING_RATE,
            "max_iter": _TREES,
            "max_leaf_nodes": IntRange(3, 31, is_log=True),
            "min_samples_leaf": IntRange(5, 200, is_log=True),
            "l2_regularization": FloatRange(0.0, 10.0),
            "max_features": _SHARE,
        },
        {"learning_rate": 0.05, "max_iter": 120, "max_leaf_nodes": 8},
    ),
    "random_forest": Family(
        "sklearn.ensemble:RandomForestClassifier",
        {
            "min_samples_leaf": IntRange(1, 50, is_log=True),
            "max_features": Choice(("sqrt", 0.25, 0.5, 0.75)),
        },
        {"n_estimators": 200, "min_samples_leaf": 5},
    ),
    "lightgbm": Family(
        "baton_trainer.models.boosters:build_lightgbm",
        {
            **_BOOSTER_SPACE,
            "num_leaves": IntRange(3, 31, is_log=True),
            "min_child_samples": IntRange(5, 200, is_log=True),
        },
        {
            "learning_rate": 0.05,
            "n_estimators": 150,
            "num_leaves": 6,
            "min_child_samples": 40,
            "subsample_freq": 1,  # without it, `subsample` has no effect
            "n_jobs": 0,  # as many threads as OpenMP allows; the default ignores `threads`
            "deterministic": True,
            "force_row_wise": True,  # otherwise it times both ways, and the faster one varies
            "verbosity": -1,
        },
        distribution="lightgbm",
        package="lightgbm",
    ),
    "xgboost": Family(
        "baton_trainer.models.boosters:build_xgboost",
        {
            **_BOOSTER_SPACE,
            "max_depth": IntRange(2, 6),
            "min_child_weight": IntRange(1, 50, is_log=True),
        },
        {
            "learning_rate": 0.05,
            "n_estimators": 150,
            "max_depth": 3,
            "min_child_weight": 5,
            "reg_lambda": 1.0,  # the library's default, which `get_params` does not return
            "subsample": 0.8,
            "colsample_bytree": 0.8,
            "verbosity": 0,
        },
        takes_any_labels=False,
        distribution="xgboost-cpu",
        package="xgboost",
    ),
}
"""By the name that users write."""

# Chosen by held-out RMSE on tables of 400 to 12,000 rows: many small steps of small trees.
REGRESSORS: Mapping[str, Family] = {
    DEFAULT_REGRESSOR: Family(
        "sklearn.linear_model:Ridge",
        {"alpha": FloatRange(1e-3, 1e4, is_log=True)},
        is_linear=True,
    ),
    "hist_gradient_boosting": replace(
        CLASSIFIERS["hist_gradient_boosting"],
        constructor="sklearn.ensemble:HistGradientBoostingRegressor",
        defaults={"learning_rate": 0.05, "max_iter": 300, "max_leaf_nodes": 8},
    ),
    "random_forest": replace(
        CLASSIFIERS["random_forest"],
        constructor="sklearn.ensemble:RandomForestRegressor",
        space={
            "min_samples_leaf": IntRange(1, 50, is_log=True),
            "max_features": Choice((1.0, "sqrt", 0.25, 0.5, 0.75)),
        },
        defaults={"n_estimators": 200, "min_samples_leaf": 2},
    ),
    "lightgbm": replace(
        CLASSIFIERS["lightgbm"],
        constructor="baton_trainer.models.boosters:build_lightgbm_regressor",
        defaults={
            **CLASSIFIERS["lightgbm"].defaults,
            "n_estimators": 300,
            "num_leaves": 8,
            "min_child_samples": 20,
            "subsample": 0.8,
            "colsample_bytree": 0.8,
        },
    ),
    "xgboost": replace(
        CLASSIFIERS["xgboost"],
        constructor="baton_trainer.models.boosters:build_xgboost_regressor",
        takes_any_labels=True,
        defaults={
            **CLASSIFIERS["xgboost"].defaults,
            "n_estimators": 300,
            "max_depth": 4,
        },
    ),
}
"""By the name that users write."""

FAMILIES: Mapping[Kind, Mapping[str, Family]] = {
    "classifier": CLASSIFIERS,
    "regressor": REGRESSORS,
}


def get_kind(schema: OutputSchema) -> Kind:
    """Returns the kind of the models with these answers."""
    return "classifier" if schema.is_classifier else "regressor"
