"""Ways to write the answer of `/predict`, timed.

`python -m bench.measurements.encoders` is a process of its own.

Every way must give the same document as the product does, or it does not count.
"""

import json
import math
import timeit
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
import numpy as np
import orjson
from numpy.typing import NDArray

from baton_engine.engine import Scores
from baton_inference.protocols.predict.codec import PredictCodec
from baton_inference.scoring.batch import RowBatch
from baton_registry import Column, ModelVersion, Schema
from bench.output.table import markdown, number

ROWS = (1, 16, 1000)
CLASSES = ("No", "Yes")
PRODUCT = "the product"
_VERSION = ModelVersion("churn_model", "1")
_HEAD = b'{"model_name":"churn_model","model_version":"1","predictions":'
_TURNS = 20
_TURN_S = 0.02

Encode = Callable[[NDArray[Any], NDArray[np.float32]], bytes]


class Prediction(msgspec.Struct):
    """One row's answer as a msgspec struct."""

    label: str
    probabilities: dict[str, float]


def dictionaries(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> list[dict[str, Any]]:
    """Plain Python objects."""
    return [
        {"label": label, "probabilities": dict(zip(CLASSES, row, strict=True))}
        for label, row in zip(labels.tolist(), probabilities.tolist(), strict=True)
    ]


def by_msgspec(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Dictionaries by msgspec."""
    return _HEAD + msgspec.json.encode(dictionaries(labels, probabilities)) + b"}"


def by_msgspec_structs(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Structs by msgspec."""
    predictions = [
        Prediction(label, dict(zip(CLASSES, row, strict=True)))
        for label, row in zip(labels.tolist(), probabilities.tolist(), strict=True)
    ]
    return _HEAD + msgspec.json.encode(predictions) + b"}"


def by_orjson(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Dictionaries by orjson."""
    text: bytes = orjson.dumps(dictionaries(labels, probabilities))
    return _HEAD + text + b"}"


def by_template(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Numbers by Python's `repr`, the rest by a template."""
    return _filled(labels, probabilities.tolist())


def by_numpy(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> bytes:
    """Numbers straight from the array, by orjson, the rest by a template.

    They are the shortest texts that are the same 32-bit number; the others write 64 bits.
    """
    text = orjson.dumps(probabilities, option=orjson.OPT_SERIALIZE_NUMPY)
    return _filled(labels, [row.split(",") for row in text.decode()[2:-2].split("],[")])


def _filled(labels: NDArray[Any], rows: Iterable[Sequence[object]]) -> bytes:
    inner = ",".join(f'"{name}":%s' for name in CLASSES)
    template = f'{{"label":"%s","probabilities":{{{inner}}}}}'
    parts = [template % (label, *row) for label, row in zip(labels.tolist(), rows, strict=True)]
    return _HEAD + b"[" + ",".join(parts).encode() + b"]}"


def product() -> Encode:
    """What the product does, whatever that is now."""
    schema = Schema((Column("tenure", "long"),), CLASSES)
    codec = PredictCodec(_VERSION, schema, CLASSES, max_rows=max(ROWS))
    return lambda labels, probabilities: (
        codec.encode(Scores(labels, probabilities), RowBatch(len(labels), ())).body
    )


def ways() -> Mapping[str, Encode]:
    """All of them, the product first."""
    return {
        PRODUCT: product(),
        "msgspec, dictionaries": by_msgspec,
        "msgspec, structs": by_msgspec_structs,
        "orjson, dictionaries": by_orjson,
        "template": by_template,
        "template, numbers by orjson from numpy": by_numpy,
    }


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two answers are the same document, probabilities as 32-bit numbers."""
    return bool(_rounded(one) == _rounded(other))


def _rounded(answer: bytes) -> Any:
    return json.loads(answer, parse_float=lambda text: float(np.float32(text)))


def scores(rows: int) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """Labels and probabilities of some rows."""
    positive = np.random.default_rng(1).random(rows).astype(np.float32)
    probabilities = np.stack([1 - positive, positive], axis=1)
    return np.array(CLASSES, dtype=object)[probabilities.argmax(axis=1)], probabilities


def microseconds(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """How long each call takes at best of several turns: others on the machine only add to it."""
    best = dict.fromkeys(calls, math.inf)
    times = {
        name: max(1, round(_TURN_S / timeit.timeit(call, number=1))) for name, call in calls.items()
    }
    for _ in range(_TURNS):
        for name, call in calls.items():
            took_s = timeit.timeit(call, number=times[name]) / times[name]
            best[name] = min(best[name], took_s * 1e6)
    return best


def table() -> str:
    """The table, in Markdown."""
    cells: dict[str, list[str]] = {}
    for rows in ROWS:
        labels, probabilities = scores(rows)
        for name, encode in ways().items():
            if not is_same(encode(labels, probabilities), product()(labels, probabilities)):
                raise AssertionError(f"{name} answers something else")
        calls = {name: partial(encode, labels, probabilities) for name, encode in ways().items()}
        for name, took in microseconds(calls).items():
            cells.setdefault(name, []).append(number(took))
    head = ["", *(f"µs, {rows:,} row{'s' * (rows > 1)}" for rows in ROWS)]
    return markdown(head, [[name, *took] for name, took in cells.items()])


if __name__ == "__main__":
    print(table())  # noqa: T201 - this process speaks by stdout
