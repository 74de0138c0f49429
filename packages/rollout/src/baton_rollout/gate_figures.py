"""The gate's figures about two versions on the same held-out rows, as the manifest names them.

The trainer records them for the version that was in production during training:

| figure | is |
|---|---|
| `against_version` | the number of that version |
| `other_label_share` | the share of rows with another label |
| `score_shift.NAME` | mean difference challenger - production of a class or output, in [-1, 1] |
| `score_scale.NAME` | regression: what the differences were divided by |

Scaled differences are clipped to [-1, 1] row by row, like those of live pairs.
"""

from collections.abc import Mapping
from math import isfinite

Figures = Mapping[str, float | None]

AGAINST_VERSION = "against_version"
OTHER_LABEL_SHARE = "other_label_share"
SCORE_SHIFT = "score_shift."
SCORE_SCALE = "score_scale."


def build_figures(
    against: str,
    other_label_share: float | None,
    score_shifts: Mapping[str, float],
    score_scales: Mapping[str, float],
) -> dict[str, float | None]:
    """Builds the figures for the manifest.

    Args:
        against: the number of the version in production.
        other_label_share: None if the task has no labels.
        score_shifts: by class or output.
        score_scales: by output; empty for probabilities.
    """
    figures = {AGAINST_VERSION: float(against) if against.isdecimal() else None}
    if other_label_share is not None:
        figures[OTHER_LABEL_SHARE] = other_label_share
    shifts = {f"{SCORE_SHIFT}{name}": value for name, value in score_shifts.items()}
    scales = {f"{SCORE_SCALE}{name}": value for name, value in score_scales.items()}
    return {**figures, **shifts, **scales}


def has_compared(figures: Figures, production_version: str) -> bool:
    """Tells whether the gate compared the version with this version."""
    against = figures.get(AGAINST_VERSION)
    return production_version.isdecimal() and against == float(production_version)


def read_other_label_share(figures: Figures) -> float | None:
    """Reads the share of rows with another label; None if it is not recorded."""
    return _read(figures, OTHER_LABEL_SHARE).get("")


def read_score_shifts(figures: Figures) -> dict[str, float]:
    """Reads the mean difference of each class or output."""
    return _read(figures, SCORE_SHIFT)


def read_score_scales(figures: Figures) -> dict[str, float]:
    """Reads the scale of each output of a regression; empty for other tasks."""
    return {name: scale for name, scale in _read(figures, SCORE_SCALE).items() if scale > 0}


def _read(figures: Figures, prefix: str) -> dict[str, float]:
    return {
        name.removeprefix(prefix): float(value)
        for name, value in figures.items()
        if name.startswith(prefix) and value is not None and _is_finite(value)
    }


def _is_finite(value: float) -> bool:
    """Whether one can compute with a figure. Any client may have written NaN, or 400 digits."""
    try:
        return isfinite(value)
    except OverflowError:
        return False
