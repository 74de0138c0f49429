"""Short names for the parts of which the cases are built."""

from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.support.export.table import NUMBERS, TEXTS


def impute() -> Any:
    """Fills gaps with the median."""
    return SimpleImputer(strategy="median")


def standardize() -> Any:
    """Fills gaps, then scales."""
    return make_pipeline(impute(), StandardScaler())


def one_hot(**options: Any) -> Any:
    """One-hot, unknown texts are zeros."""
    return OneHotEncoder(handle_unknown="ignore", sparse_output=False, **options)


def columns(numbers: Any = "passthrough", texts: Any = None, **options: Any) -> Any:
    """One step for the numbers, one for the texts."""
    texts = one_hot() if texts is None else texts
    return ColumnTransformer([("numbers", numbers, NUMBERS), ("texts", texts, TEXTS)], **options)


def pipe(first: Any, estimator: Any) -> Any:
    """A pipeline of two steps."""
    return Pipeline([("columns", first), ("estimator", estimator)])


def logistic() -> Any:
    """A logistic regression that converges."""
    return LogisticRegression(max_iter=1_000)


def forest(trees: int = 100) -> Any:
    """A random forest."""
    return RandomForestClassifier(trees, random_state=0)
