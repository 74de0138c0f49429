"""The scikit-learn pipelines: imputation, scaling where it helps, one-hot, a classifier.

The steps are those that ONNX reproduces to 1e-6: trees are not scaled (rounding at thresholds
would flip labels), and missing text is no category (it encodes to zeros, as unknown text does).
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from baton_registry.versions.schema import Column
from baton_trainer.models.estimators import Classifier
from baton_trainer.tables.columns import roles


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
        categories = [roles.list_categories(features[name]) for name in texts]
        one_hot = OneHotEncoder(categories=categories, handle_unknown="ignore", sparse_output=False)
        steps.append(("texts", one_hot, texts))
    return Pipeline([("columns", ColumnTransformer(steps)), ("classifier", classifier.estimator)])
