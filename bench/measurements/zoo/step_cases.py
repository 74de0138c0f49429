"""Preprocessing in front of a logistic regression."""

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - makes the next visible
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, VarianceThreshold
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from bench.measurements.zoo.case import Case, Variant
from bench.measurements.zoo.parts import (
    columns,
    forest,
    impute,
    logistic,
    one_hot,
    pipe,
    standardize,
)
from tests.support.export.table import NUMBERS, TEXTS

GROUP = "Preprocessing in front of a logistic regression"


def log1p_abs(values: Any) -> Any:
    """A function of one's own."""
    return np.log1p(np.abs(values))


def iter_cases() -> Iterator[Case]:
    """Yields each step."""
    tables = (_TEXT_STEPS, _NUMBER_STEPS, _TABLE_STEPS)
    for wrap, steps in zip((_of_texts, _of_numbers, _of_all), tables, strict=True):
        for name, build, *variant in steps:
            yield Case(GROUP, name, partial(wrap, build), "binary", *variant)


def _of_texts(build: Any) -> Any:
    return pipe(columns(standardize(), build()), logistic())


def _of_numbers(build: Any) -> Any:
    return pipe(columns(build()), logistic())


def _of_all(build: Any) -> Any:
    return pipe(build(), logistic())


def _filled(*steps: Any) -> Any:
    return make_pipeline(impute(), *steps)


def _scaled(*steps: Any) -> Any:
    return make_pipeline(impute(), StandardScaler(), *steps)


def _foreign(module: str, name: str, **options: Any) -> Any:
    return getattr(import_module(module), name)(**options)


_GAPS: Variant = "text gaps"
_UNSEEN: Variant = "unseen texts"
_UNKNOWN = {"handle_unknown": "use_encoded_value", "unknown_value": -1}

_TEXT_STEPS: tuple[tuple[Any, ...], ...] = (
    ("SimpleImputer(most_frequent) of texts",
     lambda: make_pipeline(SimpleImputer(strategy="most_frequent"), one_hot()), _GAPS),
    ("SimpleImputer(constant) of texts",
     lambda: make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"), one_hot()),
     _GAPS),
    ("OneHotEncoder fitted with gaps", one_hot, _GAPS),
    ("OneHotEncoder(drop=first)", lambda: OneHotEncoder(drop="first", sparse_output=False)),
    ("OneHotEncoder(drop=if_binary)", lambda: one_hot(drop="if_binary")),
    ("OneHotEncoder(min_frequency), infrequent",
     lambda: OneHotEncoder(min_frequency=0.08, handle_unknown="infrequent_if_exist",
                           sparse_output=False), _UNSEEN),
    ("OneHotEncoder, sparse", lambda: OneHotEncoder(handle_unknown="ignore")),
    ("OneHotEncoder, unseen text", one_hot, _UNSEEN),
    ("OneHotEncoder(handle_unknown=error)", lambda: OneHotEncoder(sparse_output=False)),
    ("OrdinalEncoder", OrdinalEncoder),
    ("OrdinalEncoder(unknown_value)", lambda: OrdinalEncoder(**_UNKNOWN), _UNSEEN),
    ("OrdinalEncoder fitted with gaps",
     lambda: OrdinalEncoder(**_UNKNOWN, encoded_missing_value=-2), _GAPS),
    ("TargetEncoder", TargetEncoder, _UNSEEN),
    ("category_encoders.TargetEncoder", partial(_foreign, "category_encoders", "TargetEncoder")),
    ("category_encoders.CatBoostEncoder",
     partial(_foreign, "category_encoders", "CatBoostEncoder")),
    ("category_encoders.WOEEncoder", partial(_foreign, "category_encoders", "WOEEncoder")),
)  # fmt: skip
_NUMBER_STEPS: tuple[tuple[Any, ...], ...] = (
    ("SimpleImputer(mean)", lambda: make_pipeline(SimpleImputer(), StandardScaler())),
    ("SimpleImputer(add_indicator)",
     lambda: make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())),
    ("KNNImputer", lambda: make_pipeline(KNNImputer(), StandardScaler())),
    ("IterativeImputer",
     lambda: make_pipeline(IterativeImputer(random_state=0), StandardScaler())),
    ("RobustScaler", lambda: _filled(RobustScaler())),
    ("MinMaxScaler(clip)", lambda: _filled(MinMaxScaler(clip=True))),
    ("MaxAbsScaler", lambda: _filled(MaxAbsScaler())),
    ("Normalizer", lambda: _scaled(Normalizer())),
    ("PowerTransformer", lambda: _filled(PowerTransformer())),
    ("QuantileTransformer", lambda: _filled(QuantileTransformer(n_quantiles=100))),
    ("QuantileTransformer(normal)",
     lambda: _filled(QuantileTransformer(n_quantiles=100, output_distribution="normal"))),
    ("KBinsDiscretizer", lambda: _filled(KBinsDiscretizer(5))),
    ("KBinsDiscretizer(ordinal)", lambda: _filled(KBinsDiscretizer(5, encode="ordinal"))),
    ("PolynomialFeatures(2)", lambda: _scaled(PolynomialFeatures(2))),
    ("SplineTransformer", lambda: _scaled(SplineTransformer())),
    ("FunctionTransformer of own code",
     lambda: _filled(FunctionTransformer(log1p_abs), StandardScaler())),
    ("FunctionTransformer(np.abs)",
     lambda: _filled(FunctionTransformer(np.abs), StandardScaler())),
    ("FunctionTransformer(np.log1p)",
     lambda: _filled(MinMaxScaler(), FunctionTransformer(np.log1p), StandardScaler())),
    ("FunctionTransformer()", lambda: _filled(FunctionTransformer(), StandardScaler())),
    ("Binarizer", lambda: _filled(Binarizer(threshold=1))),
    ("PCA", lambda: _scaled(PCA(3))),
)  # fmt: skip
_TABLE_STEPS: tuple[tuple[Any, ...], ...] = (
    ("SelectKBest", lambda: make_pipeline(columns(standardize()), SelectKBest(k=5))),
    ("SelectFromModel", lambda: make_pipeline(columns(standardize()), SelectFromModel(forest()))),
    ("VarianceThreshold", lambda: make_pipeline(columns(standardize()), VarianceThreshold())),
    ("RFE",
     lambda: make_pipeline(columns(standardize()), RFE(logistic(), n_features_to_select=5))),
    ("TruncatedSVD", lambda: make_pipeline(columns(standardize()), TruncatedSVD(3))),
    ("Nystroem",
     lambda: make_pipeline(columns(standardize()), Nystroem(n_components=20, random_state=0))),
    ("FeatureUnion",
     lambda: make_pipeline(columns(standardize()),
                           FeatureUnion([("pca", PCA(3)), ("best", SelectKBest(k=4))]))),
    ("remainder",
     lambda: ColumnTransformer([("texts", one_hot(), TEXTS)], remainder=standardize())),
    ("make_column_selector",
     lambda: ColumnTransformer([
         ("numbers", standardize(), make_column_selector(dtype_include=np.number)),
         ("texts", one_hot(), make_column_selector(dtype_exclude=np.number)),
     ])),
    ("set_output(pandas)", lambda: columns(standardize()).set_output(transform="pandas")),
    ("columns dropped",
     lambda: ColumnTransformer([("numbers", standardize(), NUMBERS[:4]),
                                ("texts", one_hot(), TEXTS[:2])])),
    ("feature_engine",
     lambda: make_pipeline(
         _foreign("feature_engine.imputation", "MeanMedianImputer", variables=NUMBERS[:2]),
         _foreign("feature_engine.encoding", "OneHotEncoder", variables=TEXTS))),
)  # fmt: skip
