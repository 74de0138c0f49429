"""Removes what has no effect on predictions: searches, and samplers in pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sklearn.pipeline import Pipeline

PASSTHROUGH = (None, "passthrough")


def unwrap(model: Any) -> Any:
    """Returns the fitted model that a search such as `GridSearchCV` found, else the model."""
    while hasattr(model, "best_estimator_"):
        model = model.best_estimator_
    return model


def is_pipeline(model: Any) -> bool:
    """Whether the model is a pipeline of scikit-learn or of imbalanced-learn."""
    return isinstance(model, Pipeline)  # imblearn's pipeline is a subclass


def iter_steps(pipeline: Any) -> Iterator[tuple[str, Any]]:
    """Yields the steps that act on predictions.

    A sampler (`fit_resample`) only changes the training rows:
    https://imbalanced-learn.org/stable/references/generated/imblearn.pipeline.Pipeline.html
    """
    for name, step in pipeline.steps:
        if step not in PASSTHROUGH and not hasattr(step, "fit_resample"):
            yield name, step


def find_final_estimator(model: Any) -> Any:
    """Returns the estimator at the end of searches and pipelines."""
    model = unwrap(model)
    while is_pipeline(model):
        model = unwrap(model.steps[-1][1])
    return model
