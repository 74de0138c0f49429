"""The pipelines that tests of the export fit."""

from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from baton_export import Candidate
from tests.support.export.parity import find_same
from tests.support.export.table import COLUMNS, NUMBERS, TEXTS, Sample, draw_sample

LEARNED = draw_sample(800)
NEW = draw_sample(1_000, seed=1)
"""Rows that no model has seen."""


def build_pipeline(estimator: Any, numbers: Any = None, texts: Any = None) -> Pipeline:
    """Builds a pipeline of a step for numbers, one for texts, and an estimator."""
    numbers = numbers or make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    texts = texts or OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = ColumnTransformer([("numbers", numbers, NUMBERS), ("texts", texts, TEXTS)])
    return Pipeline([("columns", columns), ("estimator", estimator)])


def list_targets(sample: Sample) -> dict[str, Any]:
    """Returns a target for each task, by name; None for a detector of anomalies."""
    is_yes = sample.binary == "yes"
    return {
        "binary": sample.binary,
        "multiclass": sample.multiclass,
        "codes": is_yes.astype(int),
        "three codes": np.unique(sample.multiclass, return_inverse=True)[1],
        "bool": is_yes,
        "float": is_yes.astype(float),
        "number": sample.number,
        "positive": np.exp((sample.number - 100) / 60),
        "numbers": np.stack([sample.number, -sample.number / 3], axis=1),
        "multilabel": np.stack([is_yes, sample.multiclass == "a"], axis=1).astype(int),
        "none": None,
    }


def fit_and_find(model: Any, target: str, *, text_gaps: bool = False) -> Candidate | None:
    """Fits a model and returns the first candidate that answers the same on new rows."""
    learned, new = LEARNED, NEW
    if text_gaps:
        learned = draw_sample(800, text_gaps=True)
        new = draw_sample(1_000, seed=1, text_gaps=True)
    model.fit(learned.rows, list_targets(learned)[target])
    return find_same(model, COLUMNS, new.rows)
