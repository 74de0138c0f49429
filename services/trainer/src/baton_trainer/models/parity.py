"""Parity: how far an ONNX model and its pipeline agree."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import LABEL, PROBABILITIES, VALUE

MAX_ABS_DIFF = 1e-5
"""The largest difference at which ONNX counts as the same model: of a probability, or of a value in
standard deviations of the target."""


@dataclass(frozen=True)
class Parity:
    """The agreement of the ONNX model with the pipeline.

    Attributes:
        max_abs_diff: the largest difference of a probability; of a regression's value, in standard
            deviations of the target.
        flips: the number of rows whose label differs; None for a regression.
        rows: the number of rows compared.
    """

    max_abs_diff: float
    flips: int | None
    rows: int

    @property
    def holds(self) -> bool:
        """Whether the two count as the same model."""
        return self.max_abs_diff <= MAX_ABS_DIFF and not self.flips

    @property
    def distance(self) -> tuple[int, float]:
        """Orders parities: fewer flips, then the smaller difference."""
        return self.flips or 0, self.max_abs_diff

    @property
    def metrics(self) -> dict[str, float]:
        """The figures, by name."""
        flips = {} if self.flips is None else {"onnx_label_flips": float(self.flips)}
        return {"onnx_max_abs_diff": self.max_abs_diff, **flips}

    def describe(self) -> str:
        """The figures in a few words."""
        if self.flips is None:
            return f"{self.max_abs_diff:.1e} standard deviations"
        return f"{self.max_abs_diff:.1e}, {self.flips} different labels"

    def describe_limit(self) -> str:
        """The largest figures that are allowed."""
        return f"{MAX_ABS_DIFF:.0e}" if self.flips is None else f"{MAX_ABS_DIFF:.0e}, none"

    def explain_failure(self) -> str:
        """Says how far the two differ, and how far they may."""
        subject = f"the ONNX model differs from the pipeline by up to {self.max_abs_diff:.1e}"
        if self.flips is None:
            return (
                f"{subject} standard deviations of the target; {MAX_ABS_DIFF:.0e} is allowed; "
                "if its mean is much larger than its deviation, subtract a constant from it"
            )
        return (
            f"{subject} in probability and in {self.flips} of {self.rows} labels; allowed are "
            f"{MAX_ABS_DIFF:.0e} and 0 labels"
        )

    def keep_worse(self, other: "Parity") -> "Parity":
        """Returns the worse of both; `other` compared some of the same rows another way."""
        worst = max(self.max_abs_diff, other.max_abs_diff)
        flips = None if self.flips is None else max(self.flips, other.flips or 0)
        return replace(self, max_abs_diff=worst, flips=flips)


def measure_parity(
    fitted: Pipeline, scores: Scores, features: pd.DataFrame, deviation: float = 1.0
) -> Parity:
    """Compares the pipeline with the engine's scores of the same rows.

    Args:
        fitted: the pipeline.
        scores: the engine's.
        features: the rows.
        deviation: the standard deviation of a regression's target.
    """
    predicted = np.asarray(fitted.predict(features))
    if not is_classifier(fitted):
        return compare_answers({VALUE: predicted}, scores, deviation)
    expected = {LABEL: predicted, PROBABILITIES: fitted.predict_proba(features)}
    return compare_answers(expected, scores)


def compare_answers(expected: Scores, scores: Scores, deviation: float = 1.0) -> Parity:
    """Compares the answers of two models of one task for the same rows; as above."""
    if VALUE in expected:
        difference = np.abs(expected[VALUE] - scores[VALUE]) / deviation
        return Parity(float(difference.max()), None, len(difference))
    difference = np.abs(expected[PROBABILITIES] - scores[PROBABILITIES])
    flips = np.asarray(expected[LABEL] != scores[LABEL])
    return Parity(float(difference.max()), int(flips.sum()), len(flips))
