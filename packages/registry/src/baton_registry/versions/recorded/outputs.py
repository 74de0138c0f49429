"""Parses what an MLmodel file records of a model's outputs: task, classes and names."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from baton_registry.errors import InvalidModel
from baton_registry.versions.output_schema import BINARY_CLASSES, Label, Task
from baton_registry.versions.schema import AnswerForm

_SHOWN = 5
_CLASSIFIERS, _NAMED = ("binary", "multiclass"), ("quantiles", "multilabel")
_FLOATS = ("float", "double")


@dataclass(frozen=True)
class RecordedOutputs:
    """What is recorded of the outputs.

    Attributes:
        task: None if not recorded.
        classes: the labels of a classifier in the order of the probabilities; None if not recorded.
        names: the names of several values or labels; empty if not recorded.
        shown: what MLflow's signature shows; None if it shows nothing.
    """

    task: Task | None = None
    classes: tuple[Label, ...] | None = None
    names: tuple[str, ...] = ()
    shown: AnswerForm | None = None


def parse_outputs(metadata: Mapping[str, Any], signature: Any) -> RecordedOutputs:
    """Parses Baton's metadata, and the names of the outputs in MLflow's signature.

    Args:
        metadata: `{"task": …, "classes": […], "outputs": [names]}`, all optional.
        signature: the JSON text of `signature.outputs`; None if there is none.

    Raises:
        InvalidModel: the metadata has another form, or its parts contradict each other.
    """
    task, classes = _parse_task(metadata.get("task")), _parse_classes(metadata.get("classes"))
    names = _parse_names(metadata.get("outputs"))
    if classes and task not in (None, *_CLASSIFIERS):
        raise InvalidModel(f"the MLmodel file records classes, but the task {task}, which has none")
    if classes and task and (task == "binary") != (len(classes) == BINARY_CLASSES):
        raise InvalidModel(f"the MLmodel file records the task {task}, but {len(classes)} classes")
    if names and task not in (None, *_NAMED):
        raise InvalidModel(
            f"the MLmodel file records names of outputs ({', '.join(names[:_SHOWN])}), but the task"
            f" {task}, which has none; they belong to {' and '.join(_NAMED)}"
        )
    specs = _parse_signature(signature)
    names = names or _find_signature_names(specs)
    return RecordedOutputs(task, classes, names, _find_shown_answers(specs))


def _parse_task(task: Any) -> Task | None:
    if task is None or task in get_args(Task):
        return cast("Task | None", task)
    raise InvalidModel(
        f"the MLmodel file records the task {str(task)[:100]!r}; supported are"
        f" {', '.join(get_args(Task))}"
    )


def _parse_classes(classes: Any) -> tuple[Label, ...] | None:
    if classes is None or classes == []:
        return None
    if not isinstance(classes, list) or not all(isinstance(label, str | int) for label in classes):
        raise InvalidModel(
            "the classes in the MLmodel file are not a list of strings, integers or booleans"
        )
    return tuple(classes)


def _parse_names(names: Any) -> tuple[str, ...]:
    if names is None:
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise InvalidModel("the names of outputs in the MLmodel file are not a list of texts")
    if len({*names}) != len(names):
        raise InvalidModel("the MLmodel file names an output twice")
    return tuple(names)


def _parse_signature(signature: Any) -> list[Mapping[str, Any]]:
    """Returns the outputs in MLflow's signature; empty if there are none, or of another form."""
    try:
        specs = json.loads(signature)
    except (TypeError, ValueError, RecursionError):
        return []
    is_list = isinstance(specs, list) and all(isinstance(spec, dict) for spec in specs)
    return specs if is_list else []


def _find_signature_names(specs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Returns the names of several output columns; empty for other outputs."""
    names = [spec.get("name") for spec in specs if spec.get("type") != "tensor"]
    are_names = all(isinstance(name, str) and name for name in names)
    if len(names) != len(specs) or len(names) == 1 or not are_names:
        return ()
    return tuple(map(str, names)) if len({*names}) == len(names) else ()


def _find_shown_answers(specs: Sequence[Mapping[str, Any]]) -> AnswerForm | None:
    """Finds the form that the types show: only floats are numbers, anything else has labels."""
    if not specs:
        return None
    parts = [_read_part(spec) for spec in specs]
    if not all(kind.startswith(_FLOATS) for kind, _ in parts):
        return AnswerForm("labels")
    widths = [width for _, width in parts]
    return AnswerForm("numbers", None if None in widths else sum(filter(None, widths)))


def _read_part(spec: Mapping[str, Any]) -> tuple[str, int | None]:
    """Returns the type of an output, and its number of values per row; None if not fixed."""
    tensor = spec.get("tensor-spec")
    if spec.get("type") != "tensor" or not isinstance(tensor, Mapping):
        return str(spec.get("type")), 1
    kind = str(tensor.get("dtype"))
    match tensor.get("shape"):
        case [] | [_]:
            return kind, 1
        case [_, width] if type(width) is int and width > 0:
            return kind, width
    return kind, None
