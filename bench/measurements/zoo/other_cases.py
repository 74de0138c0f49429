"""Calibration, searches, several targets, anomalies, labels of all kinds, texts."""

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.covariance import EllipticEnvelope
from sklearn.ensemble import (
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, LocalOutlierFactor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC, OneClassSVM

from bench.measurements.zoo.case import Case
from bench.measurements.zoo.parts import columns, forest, impute, logistic, pipe, standardize
from tests.support.export.table import NUMBERS

CALIBRATION, TARGETS = "Calibration, searches, targets", "Several outputs and kinds of labels"
ANOMALIES, TEXTS = "Anomaly detection", "Texts"


def iter_cases() -> Iterator[Case]:
    """Yields each model."""
    for group, name, target, build in (*_iter_calibrated(), *_MODELS):
        yield Case(group, name, build, target)


def _lightgbm(kind: str = "Classifier") -> Any:
    import lightgbm  # noqa: PLC0415 - slow to import

    return getattr(lightgbm, f"LGBM{kind}")(n_estimators=100, verbosity=-1)


def _calibrate(first: Any, inner: Any, method: str) -> Any:
    return pipe(first(), CalibratedClassifierCV(inner(), method=method, cv=3))


def _imputed() -> Any:
    return columns(impute())


def _scaled() -> Any:
    return columns(standardize())


def _scale_first(estimator: Any) -> Any:
    return pipe(_scaled(), estimator)


def _impute_first(estimator: Any) -> Any:
    return pipe(_imputed(), estimator)


def _iter_calibrated() -> Iterator[tuple[Any, ...]]:
    for method in ("sigmoid", "isotonic"):
        for name, first, inner, target in (
            ("RandomForest", _imputed, forest, "binary"),
            ("LinearSVC", _scaled, LinearSVC, "binary"),
            ("LightGBM", columns, _lightgbm, "codes"),
        ):
            build = partial(_calibrate, first, inner, method)
            yield CALIBRATION, f"CalibratedClassifierCV({method}) of {name}", target, build
    for method in ("sigmoid", "isotonic", "temperature"):
        build = partial(_calibrate, _imputed, forest, method)
        name = f"CalibratedClassifierCV({method}) of RandomForest, 3 classes"
        yield CALIBRATION, name, "multiclass", build


def _search() -> Any:
    return GridSearchCV(_scale_first(logistic()), {"estimator__C": [0.1, 1]}, cv=3)


def _imbalanced() -> Any:
    pipeline = import_module("imblearn.pipeline").Pipeline
    sampler = import_module("imblearn.over_sampling").SMOTE(random_state=0)
    return pipeline([("columns", _scaled()), ("smote", sampler), ("estimator", logistic())])


def _words(vectorizer: Any, estimator: Any) -> Any:
    return pipe(ColumnTransformer([("words", vectorizer, "text")]), estimator)


_MODELS: tuple[tuple[Any, ...], ...] = (
    (CALIBRATION, "CalibratedClassifierCV of a pipeline", "binary",
     lambda: CalibratedClassifierCV(_scale_first(logistic()), cv=3)),
    (CALIBRATION, "GridSearchCV of a pipeline", "binary", _search),
    (CALIBRATION, "imblearn's pipeline with SMOTE", "binary", _imbalanced),
    (CALIBRATION, "TransformedTargetRegressor(log1p, expm1)", "positive",
     lambda: TransformedTargetRegressor(
         _scale_first(Ridge()), func=np.log1p, inverse_func=np.expm1)),
    (CALIBRATION, "TransformedTargetRegressor(StandardScaler)", "number",
     lambda: TransformedTargetRegressor(_scale_first(Ridge()), transformer=StandardScaler())),
    (TARGETS, "RandomForestRegressor, two targets", "two numbers",
     lambda: _impute_first(RandomForestRegressor(50, random_state=0))),
    (TARGETS, "Ridge, two targets", "two numbers", lambda: _scale_first(Ridge())),
    (TARGETS, "MultiOutputRegressor(GradientBoosting)", "two numbers",
     lambda: _impute_first(MultiOutputRegressor(GradientBoostingRegressor(random_state=0)))),
    (TARGETS, "MultiOutputRegressor(LightGBM)", "two numbers",
     lambda: pipe(columns(), MultiOutputRegressor(_lightgbm("Regressor")))),
    (TARGETS, "RandomForestClassifier, two labels", "labels", lambda: _impute_first(forest())),
    (TARGETS, "MultiOutputClassifier(LogisticRegression)", "labels",
     lambda: _scale_first(MultiOutputClassifier(logistic()))),
    (TARGETS, "KNeighborsClassifier, two labels", "labels",
     lambda: _scale_first(KNeighborsClassifier())),
    (TARGETS, "LogisticRegression, boolean labels", "booleans", lambda: _scale_first(logistic())),
    (TARGETS, "RandomForestClassifier, boolean labels", "booleans",
     lambda: _impute_first(forest())),
    (TARGETS, "RandomForestClassifier, labels 0.0 and 1.0", "floats",
     lambda: _impute_first(forest())),
    (ANOMALIES, "IsolationForest", "none",
     lambda: _impute_first(IsolationForest(random_state=0))),
    (ANOMALIES, "IsolationForest(contamination), scaled", "none",
     lambda: _scale_first(IsolationForest(contamination=0.05, random_state=0))),
    (ANOMALIES, "OneClassSVM", "none", lambda: _scale_first(OneClassSVM(nu=0.05))),
    (ANOMALIES, "LocalOutlierFactor(novelty)", "none",
     lambda: _scale_first(LocalOutlierFactor(novelty=True))),
    (ANOMALIES, "EllipticEnvelope", "none",
     lambda: pipe(ColumnTransformer([("numbers", standardize(), NUMBERS)]),
                  EllipticEnvelope(random_state=0))),
    (TEXTS, "TfidfVectorizer", "texts", lambda: _words(TfidfVectorizer(), logistic())),
    (TEXTS, "TfidfVectorizer(ngram_range, stop_words)", "texts",
     lambda: _words(TfidfVectorizer(ngram_range=(1, 2), stop_words="english"), LinearSVC())),
    (TEXTS, "TfidfVectorizer(char_wb)", "texts",
     lambda: _words(TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)), logistic())),
    (TEXTS, "CountVectorizer", "texts", lambda: _words(CountVectorizer(), MultinomialNB())),
    (TEXTS, "HashingVectorizer", "texts",
     lambda: _words(HashingVectorizer(n_features=2**12),
                    SGDClassifier(loss="log_loss", random_state=0))),
)  # fmt: skip
