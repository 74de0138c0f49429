"""XGBoost, LightGBM, CatBoost and scikit-learn's own boosting: objectives and options."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from bench.measurements.zoo.case import Case, Target, Variant
from bench.measurements.zoo.parts import columns, impute, pipe, standardize

_TEXT_PLACES = [6, 7, 8]
_LGBM = {"verbosity": -1, "n_estimators": 100}
_XGB = {"n_estimators": 100}


def iter_cases() -> Iterator[Case]:
    """Yields the cases of each library."""
    for name, kind, target, options in _LIGHTGBM:
        yield Case("LightGBM", name, partial(_lightgbm, kind, options), target)
    for name, kind, target, options in _XGBOOST:
        yield Case("XGBoost", name, partial(_xgboost, kind, options), target)
    yield from _iter_prepared()
    yield from _iter_categories()
    yield from _iter_scikit_learn()
    yield from _iter_catboost()


_LIGHTGBM: tuple[tuple[str, str, Target, dict[str, Any]], ...] = (
    ("LGBMClassifier, gaps kept", "Classifier", "codes", {}),
    ("LGBMClassifier, gaps kept, 3 classes", "Classifier", "three codes", {}),
    ("LGBMClassifier, text labels", "Classifier", "binary", {}),
    ("LGBMClassifier, text labels, 3 classes", "Classifier", "multiclass", {}),
    ("LGBMRegressor, gaps kept", "Regressor", "number", {}),
    ("boosting_type=dart", "Classifier", "codes", {"boosting_type": "dart"}),
    (
        "boosting_type=rf", "Classifier", "codes",
        {"boosting_type": "rf", "subsample": 0.7, "subsample_freq": 1},
    ),
    ("is_unbalance", "Classifier", "codes", {"is_unbalance": True}),
    ("zero_as_missing", "Classifier", "codes", {"zero_as_missing": True}),
    ("one tree", "Classifier", "codes", {"n_estimators": 1}),
    *(
        (f"objective={name}", "Regressor", "positive", {"objective": name})
        for name in ("poisson", "tweedie", "gamma")
    ),
    ("objective=quantile", "Regressor", "number", {"objective": "quantile", "alpha": 0.9}),
    ("objective=mae", "Regressor", "number", {"objective": "mae"}),
    ("objective=cross_entropy", "Regressor", "codes", {"objective": "cross_entropy"}),
)  # fmt: skip
_XGBOOST: tuple[tuple[str, str, Target, dict[str, Any]], ...] = (
    ("XGBClassifier, gaps kept", "XGBClassifier", "codes", {}),
    ("XGBClassifier, gaps kept, 3 classes", "XGBClassifier", "three codes", {}),
    ("XGBRegressor, gaps kept", "XGBRegressor", "number", {}),
    ("base_score", "XGBClassifier", "codes", {"base_score": 0.3}),
    ("booster=dart", "XGBClassifier", "codes", {"booster": "dart", "rate_drop": 0.1}),
    ("no option", "XGBClassifier", "codes", {"max_depth": 4}),
    ("XGBRFClassifier", "XGBRFClassifier", "codes", {"n_estimators": 50}),
    ("XGBRFRegressor", "XGBRFRegressor", "number", {"n_estimators": 50}),
    *(
        (f"objective={name}", "XGBRegressor", "positive", {"objective": name})
        for name in ("count:poisson", "reg:gamma", "reg:tweedie")
    ),
    ("objective=reg:logistic", "XGBRegressor", "codes", {"objective": "reg:logistic"}),
    (
        "objective=reg:absoluteerror", "XGBRegressor", "number",
        {"objective": "reg:absoluteerror"},
    ),
    (
        "objective=reg:quantileerror", "XGBRegressor", "number",
        {"objective": "reg:quantileerror", "quantile_alpha": 0.9},
    ),
    ("objective=binary:hinge", "XGBClassifier", "codes", {"objective": "binary:hinge"}),
    (
        "multi_output_tree", "XGBRegressor", "two numbers",
        {"multi_strategy": "multi_output_tree"},
    ),
)  # fmt: skip


def _lightgbm(kind: str, options: dict[str, Any], first: Any = None) -> Any:
    import lightgbm  # noqa: PLC0415 - slow to import

    estimator = getattr(lightgbm, f"LGBM{kind}")(**{**_LGBM, **options})
    return pipe(columns() if first is None else first(), estimator)


def _xgboost(kind: str, options: dict[str, Any], first: Any = None) -> Any:
    import xgboost  # noqa: PLC0415 - slow to import

    estimator = getattr(xgboost, kind)(**{**_XGB, **options})
    return pipe(columns() if first is None else first(), estimator)


def _scaled() -> Any:
    return columns(standardize())


def _imputed() -> Any:
    return columns(impute())


def _minus_one() -> Any:
    return columns(SimpleImputer(strategy="constant", fill_value=-1))


def _ordinal() -> Any:
    return columns("passthrough", OrdinalEncoder())


def _iter_prepared() -> Iterator[Case]:
    """Boosters behind steps that matter to them."""
    targets: tuple[tuple[str, Target], ...] = (("", "codes"), (", 3 classes", "three codes"))
    for suffix, target in targets:
        name = f"behind a scaler{suffix}"
        yield Case("LightGBM", name, partial(_lightgbm, "Classifier", {}, _scaled), target)
        yield Case("XGBoost", name, partial(_xgboost, "XGBClassifier", {}, _scaled), target)
    yield Case(
        "LightGBM", "regressor behind a scaler", partial(_lightgbm, "Regressor", {}, _scaled),
        "number",
    )  # fmt: skip
    yield Case(
        "XGBoost", "regressor behind a scaler", partial(_xgboost, "XGBRegressor", {}, _scaled),
        "number",
    )  # fmt: skip
    yield Case(
        "LightGBM", "linear_tree", partial(_lightgbm, "Regressor", {"linear_tree": True}, _imputed),
        "number",
    )  # fmt: skip
    linear = {"booster": "gblinear"}
    yield Case(
        "XGBoost", "booster=gblinear", partial(_xgboost, "XGBClassifier", linear, _scaled), "codes"
    )
    missing = {"missing": -1}
    yield Case(
        "XGBoost", "missing=-1", partial(_xgboost, "XGBClassifier", missing, _minus_one), "codes"
    )
    codes = {"categorical_feature": _TEXT_PLACES}
    yield Case(
        "LightGBM", "codes as categorical_feature",
        partial(_lightgbm, "Classifier", codes, _ordinal), "codes",
    )  # fmt: skip


def _iter_categories() -> Iterator[Case]:
    """Boosters fitted on pandas categories, without a pipeline."""
    variant: Variant = "categories"
    for name, target in (("Classifier", "codes"), ("Regressor", "number")):
        yield Case(
            "LightGBM", f"pandas categories, LGBM{name}", partial(_plain_lightgbm, name),
            target, variant,  # type: ignore[arg-type]
        )  # fmt: skip
        yield Case(
            "XGBoost", f"enable_categorical, XGB{name}", partial(_plain_xgboost, name),
            target, variant,  # type: ignore[arg-type]
        )  # fmt: skip


def _plain_lightgbm(kind: str) -> Any:
    return _lightgbm(kind, {})[-1]


def _plain_xgboost(kind: str) -> Any:
    return _xgboost(f"XGB{kind}", {"enable_categorical": True})[-1]


def _iter_scikit_learn() -> Iterator[Case]:
    group = "scikit-learn's boosting and forests"
    gaps, ordinal, imputed = columns, _ordinal, _imputed
    classifier, regressor = HistGradientBoostingClassifier, HistGradientBoostingRegressor
    texts = {"categorical_features": _TEXT_PLACES}
    rows: tuple[tuple[str, Any, Any, dict[str, Any], Target], ...] = (
        ("HistGradientBoostingClassifier, gaps kept", gaps, classifier, {}, "binary"),
        ("… categorical_features", ordinal, classifier, texts, "binary"),
        ("HistGradientBoostingRegressor, categorical_features", ordinal, regressor, texts,
         "number"),
        ("… loss=quantile", gaps, regressor, {"loss": "quantile", "quantile": 0.9}, "number"),
        ("… loss=poisson", gaps, regressor, {"loss": "poisson"}, "positive"),
        ("… loss=gamma", gaps, regressor, {"loss": "gamma"}, "positive"),
        ("GradientBoostingRegressor, loss=quantile", imputed, GradientBoostingRegressor,
         {"loss": "quantile", "alpha": 0.9}, "number"),
        ("GradientBoostingClassifier, loss=exponential", imputed, GradientBoostingClassifier,
         {"loss": "exponential"}, "binary"),
        ("RandomForestClassifier, gaps kept", gaps, RandomForestClassifier,
         {"n_estimators": 100}, "binary"),
        ("RandomForestClassifier of 500", imputed, RandomForestClassifier,
         {"n_estimators": 500}, "binary"),
    )  # fmt: skip
    for name, first, constructor, options, target in rows:
        yield Case(group, name, partial(_build, first, constructor, options), target)


def _build(first: Any, constructor: Any, options: dict[str, Any]) -> Any:
    return pipe(first(), constructor(random_state=0, **options))


def _iter_catboost() -> Iterator[Case]:
    targets: tuple[tuple[str, str, Target], ...] = (
        ("numbers", "Classifier", "codes"),
        ("numbers, 3 classes", "Classifier", "three codes"),
        ("numbers, regressor", "Regressor", "number"),
    )
    for name, kind, target in targets:
        yield Case("CatBoost", name, partial(_catboost, kind), target)


def _catboost(kind: str) -> Any:
    import catboost  # noqa: PLC0415 - only for the zoo

    options = {"iterations": 100, "verbose": False, "allow_writing_files": False}
    return Pipeline(
        [("columns", columns()), ("estimator", getattr(catboost, f"CatBoost{kind}")(**options))]
    )
