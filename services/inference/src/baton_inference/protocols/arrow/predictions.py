"""Encodes predictions as an Arrow stream or a Parquet file."""

import io
from typing import Any

import numpy as np

from baton_engine.tables.columns import Array
from baton_inference.protocols.codec import EncodedAnswer
from baton_inference.protocols.media import ARROW
from baton_registry.versions.model_version import ModelVersion

PREDICTIONS = "predictions"


def encode_predictions(
    predictions: Array, version: ModelVersion, media_type: bytes
) -> EncodedAnswer:
    """Encodes a table of one column, `predictions`. Its metadata names the model and version.

    Args:
        predictions: shape `[n]`, or `[n, k]`, whose cells are lists of the fixed size k: the table
            then has the same predictions as the answer in JSON.
        version: the version that made them.
        media_type: of Arrow or Parquet.
    """
    # Imported here, because few requests need the library and it is slow to load.
    from arro3.core import Field, Schema, Table  # noqa: PLC0415
    from arro3.io import write_ipc_stream, write_parquet  # noqa: PLC0415

    array = _build_array(predictions)
    field = Field(PREDICTIONS, array.type, nullable=False)
    metadata = {"model_name": version.name, "model_version": version.version}
    table = Table.from_arrays([array], schema=Schema([field], metadata=metadata))
    buffer = io.BytesIO()
    if media_type == ARROW:
        write_ipc_stream(table, buffer)
    else:
        write_parquet(table, buffer, compression="snappy", key_value_metadata=metadata)
    return EncodedAnswer(buffer.getvalue(), media_type)


def _build_array(predictions: Array) -> Any:
    from arro3.core import Array as ArrowArray  # noqa: PLC0415
    from arro3.core import DataType, Field, fixed_size_list_array  # noqa: PLC0415

    if predictions.ndim == 1 and predictions.dtype.kind != "f":
        kinds = {bool: DataType.bool(), int: DataType.int64(), str: DataType.string()}
        labels = predictions.tolist()
        return ArrowArray(labels, kinds[type(labels[0])])
    values = ArrowArray.from_numpy(np.ascontiguousarray(predictions).reshape(-1))
    if predictions.ndim == 1:
        return values
    size = predictions.shape[1]
    kind = DataType.list(Field("item", values.type, nullable=False), size)
    return fixed_size_list_array(values, size, type=kind)
