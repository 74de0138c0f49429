"""Builds scikit-learn pipelines: imputation, scaling for linear models, one-hot, an estimator.

ONNX reproduces these steps to 1e-6. Trees are not scaled, because rounding at thresholds would flip
labels. Missing text is not a category: it is encoded as zeros, like unknown text.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from baton_registry.versions.schema import Column
from baton_trainer.models.estimators import Learner
from baton_trainer.tables.columns import roles


def build(learner: Learner, features: pd.DataFrame, columns: Sequence[Column]) -> Pipeline:
    """Builds an unfitted pipeline for `Table.features`, with all rows, and `Table.columns`."""
    texts = [column.name for column in columns if column.type == "string"]
    numbers = [column.name for column in columns if column.type != "string"]
    fill = SimpleImputer(strategy="median", keep_empty_features=True)
    steps: list[tuple[str, Any, list[str]]] = []
    if numbers:
        number_steps = make_pipeline(fill, StandardScaler()) if learner.family.is_linear else fill
        steps.append(("numbers", number_steps, numbers))
    if texts:
        # By itself scikit-learn would make NaN a category, which ONNX encodes differently.
        categories = [roles.list_categories(features[name]) for name in texts]
        one_hot = OneHotEncoder(categories=categories, handle_unknown="ignore", sparse_output=False)
        steps.append(("texts", one_hot, texts))
    return Pipeline([("columns", ColumnTransformer(steps)), (learner.kind, learner.estimator)])
