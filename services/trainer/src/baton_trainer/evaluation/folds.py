"""The folds of a cross-validation."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from baton_trainer.errors import DataError
from baton_trainer.tables.split import Hashes

MOST = 5

_LEAST = 2

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Folds:
    """How rows are dealt out.

    Attributes:
        seed: of the dealing.
        groups: shape `[rows]`; rows of one group are in one fold. None: each row is on its own.
    """

    seed: int = 0
    groups: Hashes | None = None

    def of(self, target: pd.Series) -> Iterator[tuple[Places, Places]]:
        """Of each fold the places of the rows to learn from, and of those to judge by.

        Classes have about the same share in each.

        Raises:
            DataError: a class has too few rows or groups to be on both sides.
        """
        each = np.arange(len(target)) if self.groups is None else self.groups
        counts = pd.Series(each, target.index).groupby(target).nunique()
        what = "rows" if self.groups is None else "ids"
        few = (
            f"class {counts.idxmin()!r} of the target has too few {what} to learn from; give more "
            f"{what} of it, or leave it out"
        )
        number = min(MOST, int(counts.min()))
        if number < _LEAST:
            raise DataError(few)
        kind = StratifiedKFold if self.groups is None else StratifiedGroupKFold
        dealt = kind(number, shuffle=True, random_state=self.seed).split(
            target, target, self.groups
        )
        for learn, judge in dealt:
            if any(target.iloc[side].nunique() < len(counts) for side in (learn, judge)):
                raise DataError(few)  # groups may leave no other way to deal
            yield learn, judge
