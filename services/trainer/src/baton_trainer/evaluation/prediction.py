"""Builds the outcome of labelled rows: chooses the one of the task."""

import numpy as np
import pandas as pd
from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import PROBABILITIES, VALUE, Label, OutputSchema
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.outcome import Metric, Outcome
from baton_trainer.evaluation.values.outcome import ValueOutcome

METRICS: tuple[Metric, ...] = (ClassOutcome.metric, ValueOutcome.metric)
"""The metrics by which models are compared, one for each kind of task."""


def predict_outcome(
    fitted: Pipeline, features: pd.DataFrame, target: pd.Series, positive: Label | None = None
) -> Outcome:
    """Predicts rows with a fitted pipeline; `positive` is as in `ClassOutcome.from_labels`."""
    if is_classifier(fitted):
        schema = OutputSchema.from_classes(tuple(fitted.classes_.tolist()))
        answers = {PROBABILITIES: fitted.predict_proba(features)}
        return build_outcome(answers, schema, target, positive)
    answers = {VALUE: np.asarray(fitted.predict(features), np.float64)}
    return build_outcome(answers, OutputSchema("regression"), target)


def build_outcome(
    answers: Scores, schema: OutputSchema, target: pd.Series, positive: Label | None = None
) -> Outcome:
    """Pairs the answers of a model with the truth; `positive` is as above."""
    if schema.is_classifier:
        return ClassOutcome.from_labels(schema.classes, target, answers[PROBABILITIES], positive)
    return ValueOutcome(target.to_numpy(np.float64), answers[VALUE])


def get_metric(schema: OutputSchema) -> Metric:
    """Returns the metric by which models with these answers are compared."""
    return ClassOutcome.metric if schema.is_classifier else ValueOutcome.metric
