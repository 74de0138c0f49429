"""The interface of a loaded model."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.output_schema import OutputSchema


class EngineError(Exception):
    """The model cannot be loaded or does not fit its schema. The message is one line."""


Rest = Callable[[], None]
"""Called between the steps of opening a model. Each step holds the interpreter for milliseconds.

A process that answers requests at the same time lets them pass here.
"""

Scores = Mapping[str, Array]
"""A model's answer for n rows: each output of its schema, by name.

The shape is `[n]`, or `[n, members]` for an output with members. Probabilities are float32, values
and scores float64, and labels have the type of the target.
"""


class Engine(Protocol):
    """A loaded model. Thread-safe.

    Attributes:
        name: the kind of engine.
        output_schema: the model's task and outputs.
    """

    name: str
    output_schema: OutputSchema

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

    def make_stoppable(self) -> "StoppableEngine":
        """Returns an engine of the same model whose calls another thread can stop.

        It is for one call or a few; the calls of this engine go on.
        """
        ...

    def limit_time(self, limit_s: float) -> AbstractContextManager["StoppableEngine"]:
        """Gives an engine of the same model whose calls fail with `EngineError` after `limit_s`.

        For rare calls: it starts a thread.
        """
        ...


class StoppableEngine(ServingEngine, Protocol):
    """An engine whose calls another thread can stop."""

    def stop(self) -> None:
        """Makes calls, also one that is under way, fail with `EngineError`.

        A call that is under way may take a while to notice.
        """
        ...
