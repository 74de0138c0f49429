"""The columns that scoring adds to a table."""

from collections.abc import Iterator

import numpy as np
from arro3.core import Array as ArrowArray
from arro3.core import Field

from baton_engine.engine import Scores
from baton_engine.tables.arrow_output_types import get_output_type
from baton_engine.tables.columns import Array
from baton_registry.versions.output_schema import Output, OutputSchema


def list_output_fields(output_schema: OutputSchema) -> list[Field]:
    """Lists the columns of all outputs, in order, for example `label` and `probability_yes`."""
    return [
        Field(name, get_output_type(output.type))
        for output in output_schema.outputs
        for name in output.columns
    ]


def build_output_columns(scores: Scores, output_schema: OutputSchema) -> Iterator[ArrowArray]:
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
    return ArrowArray(values.tolist(), get_output_type(output.type))
