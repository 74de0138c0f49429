"""The scales of scores that have a unit: differences are measured in standard deviations."""

import numpy as np
from numpy.typing import NDArray

from baton_rollout.gate_figures import Figures, read_score_scales

Floats = NDArray[np.float64]

SCALE_ROWS = 100
"""Rows of production that give a scale, if the gate recorded none."""


class ScoreScales:
    """The standard deviation of each score of production. Not thread-safe.

    It is the gate's, or else that of the first `SCALE_ROWS` rows in production. Those rows are not
    compared: the scale must be fixed before the first difference is, or the evidence could be
    steered by it. A score that is constant on them has no scale and is never compared.
    """

    def __init__(self, figures: Figures) -> None:
        """Takes the gate figures of the canary."""
        self._scales = read_score_scales(figures)
        self._first: dict[str, list[float]] = {}

    def find(self, name: str, scores: Floats) -> float | None:
        """Returns the scale of a score; None while it is not known.

        Args:
            name: the name of the score.
            scores: production's, shape `[n]`, all finite; they count towards an unknown scale.
        """
        if name in self._scales:
            return self._scales[name] or None
        first = self._first.setdefault(name, [])
        first += scores[: SCALE_ROWS - len(first)].tolist()
        if len(first) == SCALE_ROWS:
            self._scales[name] = float(np.std(first))
        return None
