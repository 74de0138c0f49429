"""The columns that scoring adds to a table."""

from collections.abc import Iterator, Mapping

import numpy as np
from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field

from baton_engine.tables.columns import Array
from baton_registry.versions.output_schema import Output, OutputSchema, OutputType

_ARROW_TYPES: Mapping[OutputType, DataType] = {
    "boolean": DataType.bool(),
    "long": DataType.int64(),
    "float": DataType.float32(),
    "double": DataType.float64(),
    "string": DataType.string(),
}


def list_output_fields(output_schema: OutputSchema) -> list[Field]:
    """Lists the columns of all outputs, in order, for example `label` and `probability_yes`."""
    return [
        Field(name, _ARROW_TYPES[output.type])
        for output in output_schema.outputs
        for name in output.columns
    ]


def build_output_columns(
    scores: Mapping[str, Array], output_schema: OutputSchema
) -> Iterator[ArrowArray]:
    """Builds the columns of `list_output_fields`."""
    for output in output_schema.outputs:
        values = scores[output.name]
        if not output.members:
            yield _to_arrow(output, values)
        for number in range(len(output.members)):
            yield _to_arrow(output, values[:, number])


def _to_arrow(output: Output, values: Array) -> ArrowArray:
    if output.type in ("float", "double"):  # NaN stays NaN
        return ArrowArray.from_numpy(np.ascontiguousarray(values))
    return ArrowArray(values.tolist(), _ARROW_TYPES[output.type])
