"""What serving asks of a loaded model, and what can go wrong in loading one."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Label


class EngineError(Exception):
    """The model cannot be loaded or does not fit its schema; the text says why in one line."""


class Scores(NamedTuple):
    """What a model says of n rows.

    Attributes:
        labels: shape `[n]`, in the type of the target.
        probabilities: shape `[n, classes]`, float32, in the order of `Engine.classes`.
    """

    labels: NDArray[Any]
    probabilities: NDArray[np.float32]


class Engine(Protocol):
    """A loaded model. Safe to call from several threads.

    Attributes:
        name: the kind of engine.
        classes: the labels, in the order of the probabilities.
    """

    name: str
    classes: tuple[Label, ...]

    def score(self, columns: Mapping[str, Array]) -> Scores:
        """Scores rows given as columns of shape `[n]` or `[n, 1]`, all those of the schema."""
        ...

    def score_rows(self, rows: Rows) -> Scores:
        """Scores rows whose values are in the order of the schema; None means missing."""
        ...


class ServingEngine(Engine, Protocol):
    """What a server asks of an engine beyond that."""

    def score_parts(self, parts: Sequence[Mapping[str, Array] | Rows]) -> Scores:
        """Scores the rows of all parts in one call, one part after the other.

        Each part is as `score` or `score_rows` takes it, and is scored as if it were alone.
        """
        ...

    def limit_time(self, limit_s: float) -> AbstractContextManager[None]:
        """What is scored within the block fails with `EngineError` where it lasts so long.

        Only for a model that nobody else scores with yet.
        """
        ...
