"""Splits rows into the folds of a cross-validation."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from baton_trainer.errors import DataError
from baton_trainer.tables.split import Hashes

MAX_FOLDS = 5

_MIN_FOLDS = 2

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Folds:
    """Stratified folds.

    Attributes:
        seed: seeds the shuffle.
        groups: shape `[rows]`; rows of one group are in one fold. None: rows are independent.
    """

    seed: int = 0
    groups: Hashes | None = None

    def split(self, target: pd.Series) -> Iterator[tuple[Indices, Indices]]:
        """Yields the indices of the training rows and of the test rows for each fold.

        Each class has about the same share in every fold.

        Raises:
            DataError: a class has too few rows or groups for both sides.
        """
        groups = np.arange(len(target)) if self.groups is None else self.groups
        counts = pd.Series(groups, target.index).groupby(target).nunique()
        unit = "rows" if self.groups is None else "ids"
        message = (
            f"class {counts.idxmin()!r} of the target has too few {unit} to train on; add more "
            f"{unit} of this class, or remove it"
        )
        number = min(MAX_FOLDS, int(counts.min()))
        if number < _MIN_FOLDS:
            raise DataError(message)
        splitter = StratifiedKFold if self.groups is None else StratifiedGroupKFold
        folds = splitter(number, shuffle=True, random_state=self.seed).split(
            target, target, self.groups
        )
        for train, test in folds:
            if any(target.iloc[side].nunique() < len(counts) for side in (train, test)):
                raise DataError(message)  # with groups, there may be no better split
            yield train, test
