"""Walks a fitted model and emits each of its steps into one graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Union

from onnx import TensorProto

from baton_export.errors import Unsupported
from baton_export.graph.graph import Graph
from baton_export.graph.table import Matrix, Table
from baton_export.tasks import BINARY_CLASSES
from baton_export.unwrapping import is_pipeline, iter_steps, unwrap


@dataclass(frozen=True)
class Classes:
    """What a classifier answers, as tensors. At least one of the first three is known.

    Attributes:
        probabilities: `[rows, classes]`, double.
        decision: what `decision_function` returns, `[rows, 1]` or `[rows, classes]`, double.
        index: the place of the label in `classes_`, `[rows]`, int64.
        count: the number of classes.
    """

    count: int
    probabilities: str | None = None
    decision: str | None = None
    index: str | None = None

    @property
    def is_binary(self) -> bool:
        """Whether there are two classes."""
        return self.count == BINARY_CLASSES


@dataclass(frozen=True)
class Labels:
    """What a classifier of several yes-or-no labels answers: `[rows, labels]`, int64 and double."""

    index: str
    probabilities: str | None = None


@dataclass(frozen=True)
class Anomalies:
    """What an outlier detector answers: `decision_function`, `[rows]`, double.

    Attributes:
        label: -1 or 1, `[rows]`, int64; None if the sign of the score says it.
    """

    score: str
    label: str | None = None


Answer = Union[Classes, Labels, Anomalies, Matrix]
StepEmitter = Callable[[Any, Table, "Emitter"], Table]
EstimatorEmitter = Callable[[Any, Table, "Emitter"], Answer]


class Emitter:
    """Emits steps by the class of each, into `graph`.

    Attributes:
        graph: the graph under construction.
        single: whether steps without an emitter are converted in float32.
        used_fallback: whether there was such a step.
    """

    def __init__(
        self,
        steps: Mapping[str, StepEmitter],
        estimators: Mapping[str, EstimatorEmitter],
        fallbacks: tuple[StepEmitter, EstimatorEmitter],
        *,
        single: bool = False,
    ) -> None:
        """Takes the emitters by the names of `name_class`, and those of all other classes."""
        self.graph = Graph()
        self.single = single
        self.used_fallback = False
        self._steps = steps
        self._estimators = estimators
        self._fallbacks = fallbacks
        self.path: list[str] = []

    def emit_step(self, step: Any, table: Table, name: str = "") -> Table:
        """Emits a transformer.

        Raises:
            StepError: it, or a step in it, cannot be expressed.
        """
        if is_pipeline(step):
            for inner, each in iter_steps(step):
                table = self.emit_step(each, table, inner)
            return table
        with self.enter(step, name):
            emit = self._steps.get(name_class(step), self._fallbacks[0])
            return emit(step, table, self)

    def emit_estimator(self, model: Any, table: Table, name: str = "") -> Answer:
        """Emits a classifier, a regressor or an outlier detector, or a pipeline that ends with one.

        Raises:
            StepError: it, or a step in it, cannot be expressed.
        """
        model = unwrap(model)
        if is_pipeline(model):
            steps = [*iter_steps(model)]
            for inner, each in steps[:-1]:
                table = self.emit_step(each, table, inner)
            name, last = steps[-1]
            return self.emit_estimator(last, table, name)
        with self.enter(model, name):
            emit = self._estimators.get(name_class(model), self._fallbacks[1])
            return emit(model, arrange(model, table), self)

    def emit_values(self, model: Any, table: Table, name: str = "") -> Matrix:
        """Emits a regressor and returns its values, `[rows, outputs]`, double."""
        answer = self.emit_estimator(model, table, name)
        if not isinstance(answer, Matrix):
            raise Unsupported(f"{type(model).__name__} is no regressor")
        return answer

    def emit_classes(self, model: Any, table: Table, name: str = "") -> Classes:
        """Emits a classifier of one target."""
        answer = self.emit_estimator(model, table, name)
        if not isinstance(answer, Classes):
            raise Unsupported(f"{type(model).__name__} is no classifier of one target")
        return answer

    def cast(self, tensor: str, kind: int) -> str:
        """Converts a tensor to another type."""
        return self.graph.add("Cast", tensor, to=kind)

    def round_to_single(self, matrix: Matrix) -> Matrix:
        """Rounds doubles to float32, as a library does, and keeps them as doubles."""
        single = self.cast(matrix.tensor, TensorProto.FLOAT)
        return Matrix(self.cast(single, TensorProto.DOUBLE), matrix.width)

    @contextmanager
    def enter(self, step: Any, name: str) -> Iterator[None]:
        """Adds the step to the path of error messages."""
        self.path.append(f"{name!r} ({type(step).__name__})" if name else type(step).__name__)
        try:
            yield
        except StepError:
            raise
        except Exception as error:  # a converter's errors have no common base
            raise StepError(self.path, error) from error
        self.path.pop()


class StepError(Exception):
    """A step cannot be expressed.

    Attributes:
        path: the steps down to it.
        cause: why.
    """

    def __init__(self, path: list[str], cause: Exception) -> None:
        """Keeps a copy of the path."""
        super().__init__(str(cause))
        self.path = tuple(path)
        self.cause = cause


def name_class(step: Any) -> str:
    """Names a step's class by library: `sklearn.OneHotEncoder`."""
    kind = type(step)
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}"


def arrange(model: Any, table: Table) -> Table:
    """Puts named columns into the order in which the model was fitted."""
    names = getattr(model, "feature_names_in_", None)
    if names is None or len(names) != table.width:
        return table
    places = table.find([*map(str, names)])
    return table if places is None else table.take(places)
