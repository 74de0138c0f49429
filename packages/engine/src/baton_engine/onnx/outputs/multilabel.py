"""Reads the labels of a classifier of several labels, each 0 or 1, and their probabilities."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.outputs.graph_outputs import GraphOutput, describe_outputs, get_width
from baton_engine.onnx.outputs.probabilities import clip_rounding
from baton_engine.onnx.outputs.regressor import name_columns
from baton_engine.tables.columns import Array
from baton_registry.versions.output_schema import LABEL, PROBABILITIES, OutputSchema
from baton_registry.versions.schema import Schema

_CUBE = 3
_ABSENT_AND_PRESENT = 2


def is_multilabel(outputs: Sequence[GraphOutput]) -> bool:
    """Whether the outputs declare several labels per row, or a table of probabilities per label."""
    labels = [each for each in outputs if each.is_integer]
    has_several = any((each.width or 1) > 1 for each in labels)
    return has_several or (bool(labels) and any(each.is_sequence for each in outputs))


class MultilabelReader:
    """Converts labels to int64 and probabilities to float32, both of shape `[n, labels]`."""

    def __init__(
        self, outputs: Sequence[GraphOutput], schema: Schema, answer: Sequence[Any] | None
    ) -> None:
        """Finds both outputs and the number of labels.

        Args:
            outputs: the outputs of the model.
            schema: the names of the labels if they are recorded.
            answer: the outputs for a few rows; None if the model fails on them.

        Raises:
            EngineError: the model has other outputs, or another number of labels than names.
        """
        labels = [each for each in outputs if each.is_integer]
        tables = [each for each in outputs if each.is_float or each.is_sequence or each.is_map]
        if len(labels) != 1 or len(tables) != 1:
            raise EngineError(_format_error(f"{describe_outputs(outputs)}"))
        label = labels[0]
        width = label.width if answer is None else get_width(answer[outputs.index(label)])
        if width is None:
            raise EngineError(_format_error(describe_outputs([label])))
        names = name_columns(schema, width)
        self.names: Sequence[str] = [label.name, tables[0].name]
        self.output_schema = OutputSchema("multilabel", names=names)
        self._build_table = _choose_builder(tables[0], width)

    def read(self, values: Sequence[Any]) -> Scores:
        """Returns labels and probabilities. Small rounding errors are clipped to [0, 1].

        Raises:
            EngineError: the answer has another shape, or is not probabilities.
        """
        label, answer = values
        expected = (len(label), len(self.output_schema.names))
        try:
            probabilities = self._build_table(answer)
        except (IndexError, KeyError, ValueError) as error:
            raise EngineError(_format_error(f"probabilities without {error}")) from error
        if label.reshape(len(label), -1).shape != expected or probabilities.shape != expected:
            raise EngineError(
                _format_error(
                    f"labels of shape {label.shape} and probabilities of shape"
                    f" {probabilities.shape}"
                )
            )
        probabilities = clip_rounding(probabilities)
        labels = label.reshape(expected).astype(np.int64)
        return {LABEL: labels, PROBABILITIES: probabilities.astype(np.float32)}


def _choose_builder(output: GraphOutput, width: int) -> Callable[[Any], Array]:
    """Chooses how to build the table `[n, labels]`; converters write it in four forms."""
    if output.is_sequence:
        return _join_tables
    if output.is_map:
        return lambda rows: _read_maps(rows, width)
    return lambda table: _join_tables(table) if table.ndim == _CUBE else table


def _join_tables(tables: Sequence[Array]) -> Array:
    """Joins one table `[n, 2]` per label: the probabilities of its absence and presence."""
    if any(table.shape[1:] != (_ABSENT_AND_PRESENT,) for table in tables):
        raise ValueError("two columns per label")
    return np.stack([table[:, 1] for table in tables], axis=1)


def _read_maps(rows: Sequence[Mapping[int, float]], width: int) -> Array:
    table = np.array([[row[label] for label in range(width)] for row in rows], np.float32)
    return table.reshape(len(rows), width)


def _format_error(found: str) -> str:
    return (
        f"the ONNX model answers {found}; a multilabel classifier answers labels [n, labels], each"
        " 0 or 1, and their probabilities [n, labels]"
    )
