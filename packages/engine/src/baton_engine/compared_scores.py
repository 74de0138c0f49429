"""The numbers of an answer by which two versions are compared: of each class, or of each output.

The gate compares a challenger with production on held-out rows, inference compares a canary with
production on requests. Both take the same numbers under the same names.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import PROBABILITIES, SCORE, VALUE, OutputSchema

MAX_COMPARED = 10
"""Of more classes or outputs, the first are compared."""

_SCALED = {"regression": VALUE, "quantiles": VALUE, "anomaly": SCORE}

Floats = NDArray[np.float64]


def is_scaled(schema: OutputSchema) -> bool:
    """Whether the numbers have a unit, and are compared in standard deviations of production's."""
    return schema.task in _SCALED


def select_compared_scores(schema: OutputSchema, scores: Scores) -> Mapping[str, Floats]:
    """Selects the compared numbers of n rows, by name, each of shape `[n]`.

    With two classes this is the probability of the second. With more classes, or with several
    labels, it is the probability of each; else each value, or the score. The names are those of
    the classes, labels or outputs.
    """
    name = _SCALED.get(schema.task, PROBABILITIES)
    output = next(each for each in schema.outputs if each.name == name)
    numbers = np.asarray(scores[name], np.float64)
    table = numbers.reshape(len(numbers), -1)
    first = 1 if schema.task == "binary" else 0
    names = (output.members or (output.name,))[first : first + MAX_COMPARED]
    return {each: table[:, first + index] for index, each in enumerate(names)}
