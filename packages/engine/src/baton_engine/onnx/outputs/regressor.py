"""Reads the values of a regression, one or several per row."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.outputs.graph_outputs import GraphOutput, describe_outputs, get_width
from baton_engine.tables.columns import Array
from baton_registry.versions.output_schema import VALUE, OutputSchema
from baton_registry.versions.schema import Schema

_SHOWN = 5
NEEDS = "a regression answers one array of floats, [n, 1] or [n, values]"
NAMES_HINT = "record one name each: metadata={'baton': {'outputs': [...]}}"


class RegressionReader:
    """Converts the only output to float64, whatever its type is."""

    def __init__(
        self, outputs: Sequence[GraphOutput], schema: Schema, answer: Sequence[Array] | None
    ) -> None:
        """Finds the number of values per row.

        Args:
            outputs: the outputs of the model.
            schema: the names of several values, and the task if it is recorded.
            answer: the outputs for a few rows; None if the model fails on them.

        Raises:
            EngineError: the model has other outputs, or another number of values.
        """
        if len(outputs) != 1 or not outputs[0].is_float:
            raise EngineError(f"the ONNX model answers {describe_outputs(outputs)}; {NEEDS}")
        self.names: Sequence[str] = [outputs[0].name]
        width = outputs[0].width if answer is None else get_width(answer[0])
        if width is None:
            raise EngineError(f"the ONNX model answers {_describe(outputs[0], answer)}; {NEEDS}")
        if schema.task != "quantiles" and width == 1:
            self.output_schema = OutputSchema("regression")
        elif schema.task == "regression":
            raise EngineError(
                f"the ONNX model answers {width} values per row, but the version records the task"
                " regression, which has one; record the task quantiles"
            )
        else:
            self.output_schema = OutputSchema("quantiles", names=name_columns(schema, width))
        self._width = len(self.output_schema.names) or 1

    def read(self, values: Sequence[Any]) -> Scores:
        """Returns the values, shape `[n]` or `[n, values]`.

        Raises:
            EngineError: the answer has another shape.
        """
        (value,) = values
        if get_width(value) != self._width:
            raise EngineError(
                f"the model answers with values of shape {value.shape}; [rows, {self._width}] is"
                " needed"
            )
        value = value.reshape(len(value), *([self._width] if self.output_schema.names else []))
        return {VALUE: value.astype(np.float64)}


def name_columns(schema: Schema, width: int) -> tuple[str, ...]:
    """Returns the recorded names of the values of a row, or else `0`, `1`, ….

    Raises:
        EngineError: the version records another number of names.
    """
    names = schema.output_names
    if names and len(names) != width:
        raise EngineError(
            f"the ONNX model answers {width} values per row, but the version records"
            f" {len(names)} names for them ({', '.join(names[:_SHOWN])}); {NAMES_HINT}"
        )
    return names or tuple(map(str, range(width)))


def _describe(output: GraphOutput, answer: Sequence[Array] | None) -> str:
    return describe_outputs([output]) if answer is None else f"shape {answer[0].shape}"
