"""How far a challenger's answers differ from production's on the same rows.

A rollout compares the two versions on requests in the same way. There the challenger may differ
as much as it did here, plus a margin.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from baton_engine.compared_scores import is_scaled, select_compared_scores
from baton_engine.engine import Scores
from baton_registry.versions.output_schema import LABEL, OutputSchema
from baton_rollout.gate_figures import build_figures


@dataclass(frozen=True)
class AnswerChange:
    """The differences of a challenger's answers from production's.

    Attributes:
        other_label_share: the share of rows with another label; None if the task has no labels.
        score_shifts: the mean difference of each compared score, challenger minus production.
            Probabilities as they are; values and scores in production's standard deviations,
            each row's difference clipped to [-1, 1].
        score_scales: these standard deviations; empty for probabilities.
    """

    other_label_share: float | None
    score_shifts: Mapping[str, float]
    score_scales: Mapping[str, float]

    def to_figures(self, against: str) -> dict[str, float | None]:
        """Returns the figures for the manifest; `against` is the number of production's version."""
        return build_figures(against, self.other_label_share, self.score_shifts, self.score_scales)


def measure_answer_change(
    schema: OutputSchema, challenger: Scores, production: Scores
) -> AnswerChange:
    """Measures how far the answers for the same rows differ; there is at least one row.

    A number that one version does not have (NaN) is left out. So is a number that is the same in
    all of production's answers, if it has a unit: there is no scale to measure by.
    """
    befores = select_compared_scores(schema, production)
    shifts, scales = {}, {}
    for name, now in select_compared_scores(schema, challenger).items():
        both = np.isfinite(now) & np.isfinite(befores[name])
        difference, before = (now - befores[name])[both], befores[name][both]
        if is_scaled(schema):
            scale = float(before.std()) if len(before) else 0.0
            if scale == 0:
                continue
            scales[name] = scale
            difference = np.clip(difference / scale, -1, 1)
        if len(difference):
            shifts[name] = float(difference.mean())
    return AnswerChange(_measure_other_labels(challenger, production), shifts, scales)


def _measure_other_labels(challenger: Scores, production: Scores) -> float | None:
    """The share of rows of which any label differs."""
    if LABEL not in production:
        return None
    differs = np.asarray(challenger[LABEL] != production[LABEL])
    return float(differs.reshape(len(differs), -1).any(axis=1).mean())
