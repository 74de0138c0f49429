"""Outcomes of logged rows: what a version answered, and what was true.

The columns of the log say what the task is: `probability_*` beside `label` are those of a
classifier, `value` that of a regression. Other tasks have no truth that is one label.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_common.label_texts import find_class, parse_number
from baton_registry.versions.output_schema import LABEL, VALUE
from baton_trainer.errors import NotComparable
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.monitoring.quality.labels import TRUTH

PROBABILITY = "probability_"
"""The prefix of the columns with the probabilities of a classifier's classes."""


@dataclass(frozen=True)
class LiveOutcome:
    """The outcome of a version's labelled rows.

    Attributes:
        outcome: of the rows that have a truth and an answer.
        rows: which rows these are, as a mask, shape `[n]`.
        other_truths: rows whose label is no class of the version, or no number.
    """

    outcome: Outcome
    rows: NDArray[np.bool_]
    other_truths: int


def build_live_outcome(
    frame: pd.DataFrame, prefix: str = "", positive: str | None = None
) -> LiveOutcome:
    """Builds the outcome of labelled rows.

    Args:
        frame: the columns of the log, and `TRUTH`.
        prefix: of the outputs; `other_` for those of the other version.
        positive: of two classes, the one that the metrics describe; None: the second.

    Raises:
        NotComparable: the task of the version has no such outcome.
    """
    classes = list_classes(frame, prefix)
    if classes:
        return _build_class_outcome(frame, prefix, classes, positive)
    if prefix + VALUE in frame:
        return _build_value_outcome(frame, prefix)
    raise NotComparable("the log has no probabilities of classes and no single value: no metrics")


def list_classes(frame: pd.DataFrame, prefix: str = "") -> tuple[str, ...]:
    """Lists the classes of a classifier as text, in the order of its columns; else none."""
    if prefix + LABEL not in frame:
        return ()
    start = prefix + PROBABILITY
    return tuple(name.removeprefix(start) for name in frame.columns if name.startswith(start))


def accepts_label(frame: pd.DataFrame, label: str) -> bool:
    """Whether a label, as text, is one of a version's classes, or a number for a regression.

    Args:
        frame: the columns of the log; at least one row.
        label: the label.
    """
    try:
        return not build_live_outcome(frame.head(1).assign(**{TRUTH: label})).other_truths
    except NotComparable:
        return True


def _build_class_outcome(
    frame: pd.DataFrame, prefix: str, classes: tuple[str, ...], positive: str | None
) -> LiveOutcome:
    columns = [f"{prefix}{PROBABILITY}{each}" for each in classes]
    probabilities = frame[columns].to_numpy(np.float64)
    truth = _find_classes(frame[TRUTH], classes, frame[prefix + LABEL])
    rows = (truth >= 0) & np.isfinite(probabilities).all(axis=1)
    index = classes.index(positive) if positive in classes else 1
    outcome = ClassOutcome(classes, truth[rows], probabilities[rows], index)
    return LiveOutcome(outcome, rows, int((truth < 0).sum()))


def _build_value_outcome(frame: pd.DataFrame, prefix: str) -> LiveOutcome:
    values = frame[prefix + VALUE].to_numpy(np.float64)
    numbers = (parse_number(each) for each in frame[TRUTH])
    truth = np.array([np.nan if each is None else each for each in numbers], np.float64)
    rows = np.isfinite(truth) & np.isfinite(values)
    return LiveOutcome(
        ValueOutcome(truth[rows], values[rows]), rows, int((~np.isfinite(truth)).sum())
    )


def _find_classes(
    truth: "pd.Series[Any]", classes: tuple[str, ...], answers: "pd.Series[Any]"
) -> NDArray[np.intp]:
    """Finds the class of each label, -1 for a label of no class."""
    are_texts = isinstance(next(iter(answers.dropna()), ""), str)
    found = {each: find_class(each, classes, are_texts=are_texts) for each in truth.unique()}
    return np.array([-1 if (index := found[each]) is None else index for each in truth], np.intp)
