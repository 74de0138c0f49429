"""A tree of any library, as a table of its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

LEQ, LT, EQ, LEAF = "BRANCH_LEQ", "BRANCH_LT", "BRANCH_EQ", "LEAF"


@dataclass
class Tree:
    """One tree as columns of equal length, a row for each node; the first is the root.

    Attributes:
        modes: how a node compares the feature with its value, or `LEAF`.
        features: the column that a node looks at.
        values: what it is compared with.
        yes: the node if the comparison holds.
        no: the node if not.
        missing: whether NaN goes to `yes`.
        leaves: what a leaf adds, `[nodes, targets]`; ignored for others.
    """

    modes: list[str] = field(default_factory=list)
    features: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    yes: list[int] = field(default_factory=list)
    no: list[int] = field(default_factory=list)
    missing: list[bool] = field(default_factory=list)
    leaves: list[Sequence[float]] = field(default_factory=list)

    def add_leaf(self, leaf: Sequence[float]) -> int:
        """Adds a leaf and returns its number."""
        return self._add(LEAF, 0, 0.0, missing=False, leaf=leaf)

    def add_split(self, mode: str, feature: int, value: float, *, missing: bool) -> int:
        """Adds a comparison, without its branches, and returns its number."""
        return self._add(mode, feature, value, missing=missing, leaf=())

    def add_membership(self, feature: int, members: Sequence[int], *, missing: bool) -> list[int]:
        """Adds the question whether a category is one of several: comparisons in a row.

        `yes` of each is the same node, which ONNX Runtime reads as one question. They are linked
        by `no`; the caller sets `yes` of each and `no` of the last.
        """
        if not members:  # only NaN may go to `yes`
            return [self.add_split(LEQ, feature, -np.inf, missing=missing)]
        numbers = [self.add_split(EQ, feature, float(each), missing=missing) for each in members]
        for number, following in zip(numbers, numbers[1:]):
            self.no[number] = following
        return numbers

    def _add(
        self, mode: str, feature: int, value: float, *, missing: bool, leaf: Sequence[float]
    ) -> int:
        self.modes.append(mode)
        self.features.append(feature)
        self.values.append(value)
        self.yes.append(0)
        self.no.append(0)
        self.missing.append(missing)
        self.leaves.append(leaf)
        return len(self.modes) - 1
