"""Kinds of models that converters get wrong, and few rows do not show it."""

from __future__ import annotations

from typing import Any

from baton_export.walking import iter_estimators

_WRONG = {
    "CalibratedClassifierCV": "other scores are calibrated",
    "CountVectorizer": "texts are split at other places",
    "FixedThresholdClassifier": "the threshold is dropped",
    "HashingVectorizer": "texts are split at other places",
    "KNNImputer": "other values are filled in",
    "LinearDiscriminantAnalysis": "the odds are squared",
    "TfidfVectorizer": "texts are split at other places",
    "TunedThresholdClassifierCV": "the threshold is dropped",
}


def find_refusal(model: Any) -> str | None:
    """Returns why skl2onnx's form of a model cannot be trusted; None if nothing is known.

    The list is what a study of 269 models found: docs/models.md.
    """
    for each in iter_estimators(model):
        name = type(each).__name__
        if name in _WRONG:
            return f"{name}: {_WRONG[name]}"
        if "HistGradientBoosting" in name and getattr(each, "is_categorical_", None) is not None:
            return f"{name}: categories are compared as numbers"
        if type(each).__module__.startswith(("lightgbm", "xgboost")):
            return f"{name}: some of its options are dropped"
    return None
