"""Values that have a type of their own, before they are held against a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
"""Integers, floats or booleans, shape `[n]`; where one is missing, floats with NaN for it."""
Form = Literal["text", "number", "boolean", "time"]
"""What texts were before they were written as text."""


@dataclass(frozen=True)
class Texts:
    """Texts, each of which is held once however many rows have it.

    Attributes:
        distinct: the texts, None for a gap; some may be there twice.
        codes: shape `[n]`, int32: each row's place in `distinct`.
        form: what the values are in the table, of which these are the texts.
    """

    distinct: Sequence[str | None]
    codes: NDArray[np.int32]
    form: Form = "text"

    def to_list(self) -> list[str | None]:
        """Each row's text."""
        return [self.distinct[code] for code in self.codes.tolist()]


@dataclass(frozen=True)
class Unsupported:
    """A column of a type that is neither numbers nor text.

    Attributes:
        kind: Arrow's name of the type, without its parameters.
    """

    kind: str


Values = Numbers | Texts | Unsupported


def join_values(parts: Sequence[Values]) -> Values:
    """The values of a column from those of its chunks, of which there is at least one."""
    odd = next((part for part in parts if isinstance(part, Unsupported)), None)
    if len(parts) == 1 or odd is not None:
        return odd or parts[0]
    if isinstance(parts[0], Texts):
        return _joined_texts([part for part in parts if isinstance(part, Texts)])
    return np.concatenate([part for part in parts if isinstance(part, np.ndarray)])


def _joined_texts(parts: Sequence[Texts]) -> Texts:
    distinct: list[str | None] = []
    codes = []
    for part in parts:
        codes.append(part.codes + np.int32(len(distinct)))
        distinct += part.distinct
    return Texts(distinct, np.concatenate(codes), parts[0].form)
