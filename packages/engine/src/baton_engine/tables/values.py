"""Typed values before they are cast to a column."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from operator import itemgetter
from struct import pack
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
"""Integers, floats or booleans, shape `[n]`. If a value is missing, floats with NaN."""
Form = Literal["text", "number", "boolean", "time"]
"""The original kind of values that were converted to text."""


@dataclass(frozen=True)
class Texts:
    """Dictionary-encoded texts.

    Attributes:
        distinct: the texts, None for a missing one. Duplicates are possible.
        codes: shape `[n]`, int32: each row's index in `distinct`.
        form: the kind of the original values.
    """

    distinct: Sequence[str | None]
    codes: NDArray[np.int32]
    form: Form = "text"

    def to_list(self) -> list[str | None]:
        """Lists each row's text."""
        return [self.distinct[code] for code in self.codes.tolist()]

    def take(self, rows: Sequence[int]) -> "Texts":
        """Returns some rows, with the distinct texts of these rows only."""
        used, codes = np.unique(self.codes[rows], return_inverse=True)
        distinct = [self.distinct[code] for code in used.tolist()]
        return replace(self, distinct=distinct, codes=codes.astype(np.int32))


class TextsBuilder:
    """Encodes the texts of a column, part by part."""

    def __init__(self) -> None:
        self._codes: defaultdict[str, int] = defaultdict(count().__next__)
        self._parts: list[NDArray[np.int32]] = []

    def add(self, texts: Sequence[str]) -> None:
        """Adds the texts of some rows."""
        # A new text gets the next code. Half of the time of `np.fromiter` over `map`.
        codes = itemgetter(*texts)(self._codes) if len(texts) > 1 else (self._codes[texts[0]],)
        self._parts.append(np.frombuffer(pack(f"{len(codes)}i", *codes), np.intc))

    def build(self) -> Texts:
        """Returns the texts of all rows; no two distinct ones are equal."""
        codes = np.concatenate(self._parts) if self._parts else np.empty(0, np.int32)
        return Texts([*self._codes], codes)


@dataclass(frozen=True)
class Unsupported:
    """A column whose type is neither numbers nor text.

    Attributes:
        kind: Arrow's name of the type, without parameters.
    """

    kind: str


Values = Numbers | Texts | Unsupported


def join_values(parts: Sequence[Values]) -> Values:
    """Joins the values of a column's chunks, of which there is at least one."""
    unsupported = next((part for part in parts if isinstance(part, Unsupported)), None)
    if len(parts) == 1 or unsupported is not None:
        return unsupported or parts[0]
    if isinstance(parts[0], Texts):
        return _join_texts([part for part in parts if isinstance(part, Texts)])
    return np.concatenate([part for part in parts if isinstance(part, np.ndarray)])


def _join_texts(parts: Sequence[Texts]) -> Texts:
    distinct: list[str | None] = []
    codes = []
    for part in parts:
        codes.append(part.codes + np.int32(len(distinct)))
        distinct += part.distinct
    return Texts(distinct, np.concatenate(codes), parts[0].form)
