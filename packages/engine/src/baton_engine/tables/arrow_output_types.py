"""Arrow's types for the columns of answers.

Not in `arrow_types`, which the reader process imports: it starts without the model's schema.
"""

from collections.abc import Mapping, Sequence

from arro3.core import DataType

from baton_registry.versions.output_schema import OutputType

_LABELS = {bool: DataType.bool(), int: DataType.int64(), str: DataType.string()}

_OUTPUTS: Mapping[OutputType, DataType] = {
    "boolean": DataType.bool(),
    "long": DataType.int64(),
    "float": DataType.float32(),
    "double": DataType.float64(),
    "string": DataType.string(),
}


def get_label_type(labels: Sequence[bool | int | str]) -> DataType:
    """Returns the type of a column of these labels."""
    return _LABELS[type(labels[0])]


def get_output_type(kind: OutputType) -> DataType:
    """Returns the type of a column of an output."""
    return _OUTPUTS[kind]
