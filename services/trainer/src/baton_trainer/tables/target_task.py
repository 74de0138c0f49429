"""Decides the task from the target: classification or regression."""

import numpy as np
import pandas as pd

from baton_registry.versions.output_schema import BINARY_CLASSES
from baton_trainer.errors import DataError
from baton_trainer.request import TargetTask

MAX_CLASSES = 50
"""With more distinct values, whole numbers are not classes."""
MAX_WHOLE = 2**53
"""Larger floats are not exact whole numbers."""


def is_whole(values: pd.Series) -> bool:
    """Whether all values of a typed column of numbers are whole."""
    if values.dtype.kind == "i":
        return True
    return bool((values % 1 == 0).all() and (values.abs() < MAX_WHOLE).all())


def choose_task(target: pd.Series, requested: TargetTask | None, name: str) -> TargetTask:
    """Returns the requested task, or the only one that fits the target.

    Text, booleans and two whole numbers are classes. Fractions and many whole numbers are not.

    Args:
        target: typed (`cells.convert`), without missing values.
        requested: None: not requested.
        name: the file's name in messages.

    Raises:
        DataError: a few whole numbers may be either.
    """
    if requested is not None:
        return requested
    if target.dtype.kind not in "if":
        return "classification"
    distinct = target.nunique()
    if not is_whole(target) or distinct > MAX_CLASSES:
        return "regression"
    if distinct <= BINARY_CLASSES:
        return "classification"
    shown = ", ".join(f"{value:g}" for value in np.sort(target.unique())[:2])
    raise DataError(
        f"{name}: the target {target.name!r} has {distinct} different whole numbers ({shown}, …), "
        "which may be classes or amounts; say which: --task classification or --task regression"
    )
