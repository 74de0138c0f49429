"""The answers of a model for rows, in one form for the original and its ONNX form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import LABEL, Label, OutputSchema

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """Answers for n rows.

    Attributes:
        outputs: by the outputs' names, shape `[n, width]`. A classifier's labels are indices of its
            classes. A row that the model rejects is NaN.
    """

    outputs: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(next(iter(self.outputs.values())))

    @cached_property
    def is_rejected(self) -> NDArray[np.bool_]:
        """Whether the model has no answer for a row, shape `[n]`."""
        rejected = [np.isnan(each).any(axis=1) for each in self.outputs.values()]
        return np.asarray(np.any(rejected, axis=0))

    def head(self, rows: int) -> "Answers":
        """Returns the first rows' answers."""
        return Answers({name: values[:rows] for name, values in self.outputs.items()})

    def replace_head(self, first: "Answers") -> "Answers":
        """Returns these answers with other ones for the first rows."""
        rows = len(first)
        return Answers(
            {
                name: np.concatenate([first.outputs[name], values[rows:]])
                for name, values in self.outputs.items()
            }
        )


def join_answers(parts: Sequence[Answers]) -> Answers:
    """Joins the answers for several parts of the rows, of which there is at least one."""
    names = parts[0].outputs
    return Answers({name: np.concatenate([each.outputs[name] for each in parts]) for name in names})


def build_answers(scores: Scores, schema: OutputSchema) -> Answers:
    """Builds answers from an engine's scores.

    Raises:
        ValueError: a label is none of the classes.
    """
    outputs = {}
    for name, values in scores.items():
        if name == LABEL and schema.is_classifier:
            values = _find_indices(values, schema.classes)  # noqa: PLW2901 - converted
        outputs[name] = np.asarray(values, np.float64).reshape(len(values), -1)
    return Answers(outputs)


def build_rejections(rows: int, schema: OutputSchema) -> Answers:
    """Builds the answers of a model that rejects all of some rows."""
    widths = {each.name: len(each.members) or 1 for each in schema.outputs}
    return Answers({name: np.full((rows, width), np.nan) for name, width in widths.items()})


def _find_indices(labels: NDArray[np.object_], classes: Sequence[Label]) -> NDArray[np.int_]:
    indices = {label: index for index, label in enumerate(classes)}
    try:
        return np.array([indices[label] for label in labels.tolist()])
    except KeyError as error:
        raise ValueError(f"the label {error} is none of the classes") from error
