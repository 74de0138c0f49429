"""What a model answers: its task, and the named outputs that follow from it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Label = str | int | bool
Task = Literal["binary", "multiclass", "regression", "quantiles", "anomaly", "multilabel"]
OutputType = Literal["boolean", "long", "float", "double", "string"]

LABEL, PROBABILITIES, VALUE, SCORE = "label", "probabilities", "value", "score"
"""The names of outputs."""

BINARY_CLASSES = 2


@dataclass(frozen=True)
class Output:
    """A named output of n rows.

    Attributes:
        name: `LABEL`, `PROBABILITIES`, `VALUE` or `SCORE`.
        type: MLflow's name of the values' type.
        members: the names of the columns of a table `[n, members]`; empty for an array `[n]`.
    """

    name: str
    type: OutputType
    members: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns in a table: `value`, or one for each member: `value_p10`."""
        if not self.members:
            return (self.name,)
        prefix = "probability" if self.name == PROBABILITIES else self.name
        return tuple(f"{prefix}_{member}" for member in self.members)


@dataclass(frozen=True)
class OutputSchema:
    """A model's task, and the names that its answers use.

    Attributes:
        task: the task. `quantiles` is every regression with several values.
        classes: the labels of a classifier, in the order of the probabilities; else empty.
        names: the values of `quantiles` or the labels of `multilabel`, in order; else empty.
    """

    task: Task
    classes: tuple[Label, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def from_classes(cls, classes: tuple[Label, ...]) -> "OutputSchema":
        """Returns the schema of a classifier."""
        return cls("binary" if len(classes) == BINARY_CLASSES else "multiclass", classes)

    @property
    def is_classifier(self) -> bool:
        """Whether each row has one label of several classes."""
        return self.task in ("binary", "multiclass")

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """The outputs, in the order of answers."""
        if self.task == "regression":
            return (Output(VALUE, "double"),)
        if self.task == "quantiles":
            return (Output(VALUE, "double", self.names),)
        if self.task == "anomaly":
            return (Output(LABEL, "long"), Output(SCORE, "double"))
        if self.task == "multilabel":
            return (
                Output(LABEL, "long", self.names),
                Output(PROBABILITIES, "float", self.names),
            )
        label = Output(LABEL, _get_label_type(self.classes))
        return (label, Output(PROBABILITIES, "float", tuple(map(str, self.classes))))


def _get_label_type(classes: tuple[Label, ...]) -> OutputType:
    if not classes or isinstance(classes[0], str):
        return "string"
    return "boolean" if isinstance(classes[0], bool) else "long"
