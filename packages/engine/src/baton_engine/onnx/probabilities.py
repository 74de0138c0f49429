"""What makes an answer of a classifier one of probabilities, and not of other numbers."""

from collections.abc import Sequence

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.tables.columns import Array
from baton_registry.versions.schema import Label

ROUNDING = 1e-3
"""How far a probability may be outside of [0, 1], and a row's sum from 1.

Sums of float32 are off by 1e-7 and more with many classes, those of half precision by 5e-4.
"""
_SHOWN = 5
_FEW = 32
_WHAT_TO_DO = (
    "are they decision scores? register a classifier that has predict_proba,"
    " and convert it without raw_scores"
)


def are_in_range(probabilities: Array) -> bool:
    """Whether all are in [0, 1], which the sum of many float32 terms may leave by some 1e-7.

    A few go through Python's own numbers: two calls of numpy cost a lone row as much as its arrays.
    """
    if 0 < probabilities.size <= _FEW:
        numbers: list[float] = probabilities.ravel().tolist()
        return min(numbers) >= 0.0 and max(numbers) <= 1.0
    lowest, highest = probabilities.min(initial=0.0), probabilities.max(initial=1.0)
    return bool(lowest >= 0.0 and highest <= 1.0)


def clip_rounding(probabilities: Array) -> Array:
    """The probabilities within [0, 1], if no more than rounding put them outside; NaN stays.

    Raises:
        EngineError: more than rounding did.
    """
    clipped: Array = probabilities.clip(0.0, 1.0)
    is_far = np.abs(probabilities - clipped) > ROUNDING
    if is_far.any():
        raise EngineError(_refusal(probabilities[is_far.any(axis=1)][0]))
    return clipped


def check_scores(
    scores: Scores, rows: int, classes: Sequence[Label], *, synthetic: bool = False
) -> None:
    """Checks the answer to a model's first rows.

    Args:
        scores: what the model answered.
        rows: how many rows there were.
        classes: its classes.
        synthetic: the rows are like none that it was trained on; an answer that says nothing (no
            number, or nothing but zeros) says nothing about the model either.

    Raises:
        EngineError: the answer does not fit the classes, or is not one of probabilities.
    """
    found, expected = np.shape(scores.probabilities), (rows, len(classes))
    if np.shape(scores.labels) != expected[:1] or found != expected:
        hint = f"; {_WHAT_TO_DO}" if found == (rows, 1) else ""
        raise EngineError(
            f"the model answers {rows} rows with labels of shape {np.shape(scores.labels)} and"
            f" probabilities of shape {found}; its {len(classes)} classes are {_words(classes)}"
            f"{hint}"
        )
    odd = {*scores.labels.tolist()} - {*classes}
    if odd:
        raise EngineError(
            f"the model answers with labels that are not its classes {_words(classes)}:"
            f" {_words(sorted(odd, key=str))}"
        )
    check_probabilities(scores.probabilities, synthetic=synthetic, allow_nan=synthetic)


def check_probabilities(
    probabilities: Array, *, synthetic: bool = False, allow_nan: bool = True
) -> None:
    """Checks that each row lies in [0, 1] and sums to 1, but for rounding.

    Args:
        probabilities: shape `[rows, classes]`.
        synthetic: as for `check_scores`.
        allow_nan: a row may have no number, as where a value is missing.

    Raises:
        EngineError: a row does not.
    """
    sums = probabilities.sum(axis=1, dtype=np.float64)
    lowest, highest = probabilities.min(axis=1, initial=0.0), probabilities.max(axis=1, initial=0.0)
    is_good = (np.abs(sums - 1) <= ROUNDING) & (lowest >= -ROUNDING) & (highest <= 1 + ROUNDING)
    if allow_nan:
        is_good |= np.isnan(sums)
    if synthetic:
        is_good |= (lowest == 0) & (highest == 0)
    if not is_good.all():
        raise EngineError(_refusal(probabilities[~is_good][0]))


def _refusal(row: Array) -> str:
    numbers = ", ".join(f"{value:.3g}" for value in row[:_SHOWN].tolist())
    more = ", …" if len(row) > _SHOWN else ""
    return (
        f"the model answers a row with [{numbers}{more}], and probabilities lie in [0, 1] and sum"
        f" to 1; {_WHAT_TO_DO}"
    )


def _words(labels: Sequence[Label]) -> str:
    more = ", …" if len(labels) > _SHOWN else ""
    return "[" + ", ".join(map(repr, labels[:_SHOWN])) + more + "]"
