"""The benchmark of encoders for the answer of `/predict`: `python -m bench.measurements.encoders`.

Every encoder must give the same document as Baton's own.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
import numpy as np
import orjson
from numpy.typing import NDArray

from baton_inference.protocols.predict.codec import PredictCodec
from baton_inference.scoring.batch import RowBatch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Column, Schema
from bench.measurements.timing import measure_us
from bench.output.table import format_number, format_table

ROWS = (1, 16, 1000)
CLASSES = ("No", "Yes")
BATON = "Baton"
_VERSION = ModelVersion("churn_model", "1")
_HEAD = b'{"model_name":"churn_model","model_version":"1","predictions":'

Encode = Callable[[NDArray[Any], NDArray[np.float32]], bytes]


class Prediction(msgspec.Struct):
    """The answer for one row, as a msgspec struct."""

    label: str
    probabilities: dict[str, float]


def build_dictionaries(
    labels: NDArray[Any], probabilities: NDArray[np.float32]
) -> list[dict[str, Any]]:
    """Builds plain Python objects."""
    return [
        {"label": label, "probabilities": dict(zip(CLASSES, row, strict=True))}
        for label, row in zip(labels.tolist(), probabilities.tolist(), strict=True)
    ]


def encode_by_msgspec(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Encodes dictionaries with msgspec."""
    return _HEAD + msgspec.json.encode(build_dictionaries(labels, probabilities)) + b"}"


def encode_by_msgspec_structs(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Encodes structs with msgspec."""
    predictions = [
        Prediction(label, dict(zip(CLASSES, row, strict=True)))
        for label, row in zip(labels.tolist(), probabilities.tolist(), strict=True)
    ]
    return _HEAD + msgspec.json.encode(predictions) + b"}"


def encode_by_orjson(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Encodes dictionaries with orjson."""
    text: bytes = orjson.dumps(build_dictionaries(labels, probabilities))
    return _HEAD + text + b"}"


def encode_by_template(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Formats numbers with Python's `repr`, the rest with a template."""
    return _fill_template(labels, probabilities.tolist())


def encode_by_numpy(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Formats numbers from the array with orjson, the rest with a template.

    The numbers have the shortest text of 32 bits; other encoders write 64 bits.
    """
    text = orjson.dumps(probabilities, option=orjson.OPT_SERIALIZE_NUMPY)
    return _fill_template(labels, [row.split(",") for row in text.decode()[2:-2].split("],[")])


def _fill_template(labels: NDArray[Any], rows: Iterable[Sequence[object]]) -> bytes:
    inner = ",".join(f'"{name}":%s' for name in CLASSES)
    template = f'{{"label":"%s","probabilities":{{{inner}}}}}'
    parts = [template % (label, *row) for label, row in zip(labels.tolist(), rows, strict=True)]
    return _HEAD + b"[" + ",".join(parts).encode() + b"]}"


def create_baton_encoder() -> Encode:
    """Creates Baton's current encoder."""
    schema = Schema((Column("tenure", "long"),), CLASSES)
    codec = PredictCodec(_VERSION, schema, OutputSchema.from_classes(CLASSES), max_rows=max(ROWS))
    return lambda labels, probabilities: (
        codec.encode(
            {"label": labels, "probabilities": probabilities}, RowBatch(len(labels), ())
        ).body
    )


def create_encoders() -> Mapping[str, Encode]:
    """Creates all encoders, Baton's first."""
    return {
        BATON: create_baton_encoder(),
        "msgspec, dictionaries": encode_by_msgspec,
        "msgspec, structs": encode_by_msgspec_structs,
        "orjson, dictionaries": encode_by_orjson,
        "template": encode_by_template,
        "template, numbers by orjson from numpy": encode_by_numpy,
    }


def are_equal(one: bytes, other: bytes) -> bool:
    """Whether two answers are the same document, with probabilities as 32-bit numbers."""
    return bool(_parse_rounded(one) == _parse_rounded(other))


def _parse_rounded(answer: bytes) -> Any:
    return json.loads(answer, parse_float=lambda text: float(np.float32(text)))


def generate_scores(rows: int) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """Generates labels and probabilities."""
    positive = np.random.default_rng(1).random(rows).astype(np.float32)
    probabilities = np.stack([1 - positive, positive], axis=1)
    return np.array(CLASSES, dtype=object)[probabilities.argmax(axis=1)], probabilities


def build_table() -> str:
    """Builds the table in Markdown."""
    cells: dict[str, list[str]] = {}
    for rows in ROWS:
        labels, probabilities = generate_scores(rows)
        for name, encode in create_encoders().items():
            if not are_equal(
                encode(labels, probabilities), create_baton_encoder()(labels, probabilities)
            ):
                raise AssertionError(f"{name} gives another document")
        calls = {
            name: partial(encode, labels, probabilities)
            for name, encode in create_encoders().items()
        }
        for name, took_us in measure_us(calls).items():
            cells.setdefault(name, []).append(format_number(took_us))
    head = ["", *(f"µs, {rows:,} row{'s' * (rows > 1)}" for rows in ROWS)]
    return format_table(head, [[name, *took] for name, took in cells.items()])


if __name__ == "__main__":
    print(build_table())  # noqa: T201 - the table goes to stdout
