"""A model's schema: input columns of scalar types, and what is recorded of its outputs."""

from dataclasses import dataclass
from typing import Literal

from baton_registry.versions.output_schema import Label, OutputSchema, Task

TypeName = Literal["boolean", "integer", "long", "float", "double", "string", "datetime"]


@dataclass(frozen=True)
class Column:
    """An input column.

    Attributes:
        name: the name in the training table.
        type: MLflow's name of the scalar type.
        required: False if values were missing in training; absent or null then means missing.
        categories: the texts in training, if recorded. Other texts are allowed.
    """

    name: str
    type: TypeName
    required: bool = True
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerForm:
    """What is known of a model's answers without its task.

    Attributes:
        kind: labels, with or without probabilities; or only numbers.
        width: the count of numbers per row; None if it is not known.
    """

    kind: Literal["labels", "numbers"]
    width: int | None = None


@dataclass(frozen=True)
class Schema:
    """The input columns, and the recorded part of the outputs. The engine finds out the rest.

    Attributes:
        columns: the input columns in order.
        classes: the labels in the order of the probabilities; None if not recorded.
        task: None if not recorded.
        output_names: the names of several values or labels; empty if not recorded.
        is_matrix: the columns have no names of their own: a row is a list of numbers of one type.
            The columns are then called `0`, `1`, ….
        is_tensor: the matrix is one tensor `[-1, columns]`, not several columns without names.
        tensor_name: the name of this tensor; None if it has none.
        predicts_probabilities: the version's `predict` returns probabilities, because it was logged
            with `pyfunc_predict_fn="predict_proba"`.
        shown_answers: what MLflow's signature of the outputs shows; None if it shows nothing.
    """

    columns: tuple[Column, ...]
    classes: tuple[Label, ...] | None = None
    task: Task | None = None
    output_names: tuple[str, ...] = ()
    is_matrix: bool = False
    is_tensor: bool = False
    tensor_name: str | None = None
    predicts_probabilities: bool = False
    shown_answers: AnswerForm | None = None

    @property
    def known_task(self) -> Task | None:
        """The recorded task, or the one that recorded classes show; None if neither is recorded."""
        if self.task or not self.classes:
            return self.task
        return OutputSchema.from_classes(self.classes).task

    @property
    def answer_form(self) -> AnswerForm | None:
        """The form of the answers: of the known task, else as MLflow's signature shows it."""
        task = self.known_task
        if task is None:
            return None if self.predicts_probabilities else self.shown_answers
        if task == "regression":
            return AnswerForm("numbers", 1)
        return AnswerForm("numbers" if task == "quantiles" else "labels")
