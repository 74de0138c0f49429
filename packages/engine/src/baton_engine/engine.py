"""The interface of a loaded model."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Label


class EngineError(Exception):
    """The model cannot be loaded or does not fit its schema. The message is one line."""


class Scores(NamedTuple):
    """A model's answer for n rows.

    Attributes:
        labels: shape `[n]`, in the type of the target.
        probabilities: shape `[n, classes]`, float32, in the order of `Engine.classes`.
    """

    labels: NDArray[Any]
    probabilities: NDArray[np.float32]


class Engine(Protocol):
    """A loaded model. Thread-safe.

    Attributes:
        name: the kind of engine.
        classes: the labels, in the order of the probabilities.
    """

    name: str
    classes: tuple[Label, ...]

    def score(self, columns: Mapping[str, Array]) -> Scores:
        """Scores rows given as all columns of the schema, of shape `[n]` or `[n, 1]`."""
        ...

    def score_rows(self, rows: Rows) -> Scores:
        """Scores rows whose values are in the order of the schema; None means missing."""
        ...


class ServingEngine(Engine, Protocol):
    """An engine with the methods that serving needs."""

    def score_parts(self, parts: Sequence[Mapping[str, Array] | Rows]) -> Scores:
        """Scores the rows of all parts in one call, in order.

        Each part has the form that `score` or `score_rows` takes. The results do not depend on the
        other parts.
        """
        ...

    def limit_time(self, limit_s: float) -> AbstractContextManager[None]:
        """Makes scoring within the block fail with `EngineError` after `limit_s`.

        Only for a model that no other thread uses yet.
        """
        ...
