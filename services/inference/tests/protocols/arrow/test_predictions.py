"""Predictions as Arrow and Parquet tables."""

from typing import Any

import numpy as np
import pytest

from baton_inference.protocols.arrow.predictions import encode_predictions
from baton_inference.protocols.media import ARROW, PARQUET
from baton_registry.versions.model_version import ModelVersion
from tests.support.bodies.columnar import read_answer

VERSION = ModelVersion("müller's model", "7")


@pytest.mark.parametrize("media_type", [ARROW, PARQUET])
@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["no", "é"], "string"),
        ([1, -(2**40)], "int64"),
        ([True, False], "bool"),
        ([12.3, -1e300], "double"),
        ([[1, 0], [0, 0], [1, 1]], "fixed_size_list<item: int64 not null>[2]"),
        ([[0.1, 0.9, 0.5]], "fixed_size_list<item: double not null>[3]"),
    ],
)
def test_predictions_are_one_column(media_type: bytes, values: list[Any], kind: str) -> None:
    """It holds the predictions of the answer in JSON; the metadata names model and version."""
    encoded = encode_predictions(np.array(values), VERSION, media_type)
    assert encoded.media_type == media_type
    table = read_answer(encoded.body, media_type)
    assert table.to_pydict() == {"predictions": values}
    assert str(table.schema.field("predictions").type) == kind
    metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert metadata == {"model_name": "müller's model", "model_version": "7"}


@pytest.mark.parametrize("media_type", [ARROW, PARQUET])
def test_probabilities_keep_their_type_and_nan(media_type: bytes) -> None:
    """A table of some columns of a wider array is read by rows, too."""
    wide = np.array([[0.1, 7, np.nan], [0.2, 8, 0.5]], np.float32)
    table = read_answer(encode_predictions(wide[:, ::2], VERSION, media_type).body, media_type)
    expected = wide[:, ::2].astype(float).tolist()
    assert repr(table.to_pydict()["predictions"]) == repr(expected)
