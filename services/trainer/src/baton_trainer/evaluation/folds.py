"""Splits rows into the folds of a cross-validation."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

from baton_trainer.errors import DataError
from baton_trainer.tables.split import Hashes

MAX_FOLDS = 5

_MIN_FOLDS = 2

Indices = NDArray[np.intp]
Fold = tuple[Indices, Indices]


@dataclass(frozen=True)
class Folds:
    """How to split rows into folds.

    Attributes:
        seed: seeds the shuffle.
        groups: shape `[rows]`; rows of one group are in one fold. None: rows are independent.
    """

    seed: int = 0
    groups: Hashes | None = None

    def split(self, target: pd.Series, *, stratified: bool = True) -> Iterator[Fold]:
        """Yields the indices of the training rows and of the test rows for each fold.

        Args:
            target: its classes decide the strata.
            stratified: whether each class has about the same share in every fold.

        Raises:
            DataError: there are too few rows or groups for both sides, of a class if stratified.
        """
        return self._split_by_class(target) if stratified else self._split_plainly(target)

    def _split_plainly(self, target: pd.Series) -> Iterator[Fold]:
        groups = len(target) if self.groups is None else len(np.unique(self.groups))
        if groups < _MIN_FOLDS:
            raise DataError(f"the training rows have only {groups} ids; at least 2 are needed")
        splitter = KFold if self.groups is None else GroupKFold
        folds = splitter(min(MAX_FOLDS, groups), shuffle=True, random_state=self.seed)
        yield from folds.split(target, target, self.groups)

    def _split_by_class(self, target: pd.Series) -> Iterator[Fold]:
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
