"""Every classifier and regressor of scikit-learn behind an imputer, a scaler and one-hot."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import all_estimators

from bench.measurements.zoo.case import LEARNED, Case, Target
from bench.measurements.zoo.parts import columns, impute, one_hot, pipe, standardize
from tests.support.export.table import NUMBERS, TEXTS

_SLOW = (
    "GaussianProcess", "LabelPropagation", "LabelSpreading", "RadiusNeighbors", "KernelRidge",
    "NuSV", "SVC", "SVR", "TheilSen", "KNeighbors", "MLP",
)  # fmt: skip
_FEW = 400
_NOT_NEGATIVE = ("ComplementNB", "MultinomialNB", "CategoricalNB")
_POSITIVE = ("GammaRegressor", "PoissonRegressor", "TweedieRegressor")
_SEVERAL = (
    "MultiOutputRegressor", "RegressorChain", "MultiTaskElasticNet", "MultiTaskElasticNetCV",
    "MultiTaskLasso", "MultiTaskLassoCV", "CCA", "PLSCanonical",
)  # fmt: skip
_CHAINS = ("MultiOutputClassifier", "ClassifierChain")
_LOGISTIC = {"max_iter": 500}


def iter_cases() -> Iterator[Case]:
    """Yields each classifier for two and three classes, and each regressor."""
    for kind in ("classifier", "regressor"):
        group = f"scikit-learn {kind}s"
        for name, constructor in all_estimators(kind):
            rows = _FEW if name.startswith(_SLOW) else LEARNED
            build = partial(_build, name, constructor)
            for target in _list_targets(name, kind):
                label = f"{name}, 3 classes" if target == "multiclass" else name
                yield Case(group, label, build, target, rows=rows)


def _list_targets(name: str, kind: str) -> tuple[Target, ...]:
    if kind == "classifier":
        return ("labels",) if name in _CHAINS else ("binary", "multiclass")
    if name in _SEVERAL:
        return ("two numbers",)
    return ("positive",) if name in _POSITIVE else ("number",)


def _build(name: str, constructor: Any) -> Any:
    estimator = _construct(name, constructor)
    if name not in _NOT_NEGATIVE:
        return pipe(columns(standardize()), estimator)
    scaled = make_pipeline(impute(), MinMaxScaler())
    first = ColumnTransformer([("numbers", scaled, NUMBERS), ("texts", one_hot(), TEXTS)])
    return pipe(first, estimator)


def _construct(name: str, constructor: Any) -> Any:
    logistic, tree = LogisticRegression(**_LOGISTIC), DecisionTreeClassifier(max_depth=5)
    members = [("lr", logistic), ("rf", RandomForestClassifier(20, random_state=0))]
    regressors = [("r", Ridge()), ("rf", RandomForestRegressor(20, random_state=0))]
    arguments: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
        **dict.fromkeys(("MultiOutputRegressor", "RegressorChain"), ((Ridge(),), {})),
        **dict.fromkeys(("StackingRegressor", "VotingRegressor"), ((regressors,), {})),
        **dict.fromkeys(
            ("MultiOutputClassifier", "OneVsOneClassifier", "OneVsRestClassifier",
             "OutputCodeClassifier"), ((tree,), {}),
        ),
        **dict.fromkeys(
            ("ClassifierChain", "FixedThresholdClassifier", "TunedThresholdClassifierCV",
             "SelfTrainingClassifier"), ((logistic,), {}),
        ),
        **dict.fromkeys(
            ("RandomForestClassifier", "ExtraTreesClassifier", "RandomForestRegressor",
             "ExtraTreesRegressor"), ((100,), {"random_state": 0}),
        ),
        "StackingClassifier": ((members,), {}),
        "VotingClassifier": ((members,), {"voting": "soft"}),
        "RadiusNeighborsClassifier": ((), {"radius": 3.0, "outlier_label": "no"}),
        "RadiusNeighborsRegressor": ((), {"radius": 4.0}),
    }  # fmt: skip
    if name in arguments:
        positional, named = arguments[name]
        return constructor(*positional, **named)
    try:
        return constructor(random_state=0)
    except TypeError:
        return constructor()
