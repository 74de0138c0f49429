"""Checks that a classifier returns probabilities."""

from collections.abc import Sequence

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.tables.columns import Array
from baton_registry.versions.output_schema import LABEL, PROBABILITIES, Label

ROUNDING = 1e-3
"""The tolerance for [0, 1] and for a row's sum of 1.

Sums of float32 are off by 1e-7, more with many classes; sums of half precision by 5e-4.
"""
_SHOWN = 5
_FEW = 32
_HINT = (
    "are they decision scores? register a classifier that has predict_proba,"
    " and convert it without raw_scores"
)


def _are_in_range(probabilities: Array) -> bool:
    """Whether all are in [0, 1]. Sums of many float32 terms may exceed it by 1e-7.

    Small arrays are checked in plain Python, because two numpy calls cost as much as a single row.
    """
    if 0 < probabilities.size <= _FEW:
        numbers: list[float] = probabilities.ravel().tolist()
        return min(numbers) >= 0.0 and max(numbers) <= 1.0
    lowest, highest = probabilities.min(initial=0.0), probabilities.max(initial=1.0)
    return bool(lowest >= 0.0 and highest <= 1.0)


def clip_rounding(probabilities: Array) -> Array:
    """Returns the probabilities; those that rounding put outside of [0, 1] are clipped. NaN stays.

    Raises:
        EngineError: a probability is further outside than rounding explains.
    """
    if _are_in_range(probabilities):
        return probabilities
    clipped: Array = probabilities.clip(0.0, 1.0)
    is_far = np.abs(probabilities - clipped) > ROUNDING
    if is_far.any():
        raise EngineError(_format_error(probabilities[is_far.any(axis=1)][0], "are in [0, 1]"))
    return clipped


def check_classifier_scores(
    scores: Scores, rows: int, classes: Sequence[Label], *, synthetic: bool = False
) -> None:
    """Checks a classifier's answer to its first rows.

    Args:
        scores: the model's answer.
        rows: the number of rows.
        classes: the classes.
        synthetic: the rows are synthetic, so answers of only NaN or only zeros are allowed.

    Raises:
        EngineError: the answer does not fit the classes, or is not probabilities.
    """
    labels, probabilities = scores[LABEL], scores[PROBABILITIES]
    shape, expected = np.shape(probabilities), (rows, len(classes))
    if np.shape(labels) != expected[:1] or shape != expected:
        hint = f"; {_HINT}" if shape == (rows, 1) else ""
        raise EngineError(
            f"the model answers {rows} rows with labels of shape {np.shape(labels)} and"
            f" probabilities of shape {shape}; its {len(classes)} classes are"
            f" {_format_labels(classes)}{hint}"
        )
    unknown = {*labels.tolist()} - {*classes}
    if unknown:
        raise EngineError(
            f"the model answers with labels that are not its classes {_format_labels(classes)}:"
            f" {_format_labels(sorted(unknown, key=str))}"
        )
    check_probabilities(probabilities, synthetic=synthetic, allow_nan=synthetic)


def check_probabilities(
    probabilities: Array, *, synthetic: bool = False, allow_nan: bool = True
) -> None:
    """Checks that each row is in [0, 1] and sums to 1, within rounding.

    Args:
        probabilities: shape `[rows, classes]`.
        synthetic: see `check_classifier_scores`.
        allow_nan: allow rows of NaN, for example if a value is missing.

    Raises:
        EngineError: a row is not probabilities.
    """
    sums = probabilities.sum(axis=1, dtype=np.float64)
    lowest, highest = probabilities.min(axis=1, initial=0.0), probabilities.max(axis=1, initial=0.0)
    is_valid = (np.abs(sums - 1) <= ROUNDING) & (lowest >= -ROUNDING) & (highest <= 1 + ROUNDING)
    if allow_nan:
        is_valid |= np.isnan(sums)
    if synthetic:
        is_valid |= (lowest == 0) & (highest == 0)
    if not is_valid.all():
        rule = "are in [0, 1] and sum to 1"
        raise EngineError(_format_error(probabilities[~is_valid][0], rule))


def _format_error(row: Array, rule: str) -> str:
    numbers = ", ".join(f"{value:.3g}" for value in row[:_SHOWN].tolist())
    more = ", …" if len(row) > _SHOWN else ""
    return f"the model returns [{numbers}{more}] for a row, but probabilities {rule}; {_HINT}"


def _format_labels(labels: Sequence[Label]) -> str:
    more = ", …" if len(labels) > _SHOWN else ""
    return "[" + ", ".join(map(repr, labels[:_SHOWN])) + more + "]"
