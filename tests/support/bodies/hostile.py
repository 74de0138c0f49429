"""Hostile bodies: valid ones with seeded mutations, and a corpus of known tricks."""

import gzip
import json
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.bodies.customer import CUSTOMER

MARKER = "marker-4f1c9e"
"""A cell of every valid row. If it appears elsewhere, a value has leaked."""
ROW = {**CUSTOMER, "gender": MARKER, "TotalCharges": 29.85}
JSON, CSV, BINARY = "application/json", "text/csv", "application/octet-stream"
_TOKENS = [
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\0", b"\n", b"\r\n", b"\xff"),
    b"\xed\xa0\x80",
    *(b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"9" * 40, b"-0", b"1e-400", b"\\ud800"),
    *(b"[" * 3000, b'{"a":' * 3000, b'"' + b"x" * 70_000 + b'"', b"\xef\xbb\xbf", b"__proto__"),
]  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """The body of a request and the headers that describe it."""

    content: bytes
    media_type: str
    headers: tuple[tuple[str, str], ...] = ()


def build_predict_body() -> Hostile:
    """Builds a valid body of `/predict`."""
    return Hostile(json.dumps({"instances": [ROW, ROW]}).encode(), JSON)


def build_invocations_bodies() -> list[Hostile]:
    """Builds a valid body of each form of `/invocations`."""
    names, cells = [*ROW], [*ROW.values()]
    split = {"columns": names, "data": [cells, cells], "index": [0, 1]}
    columns = {name: [cell, cell] for name, cell in ROW.items()}
    line = ",".join(map(str, cells))
    documents = (
        {"dataframe_split": split},
        {"dataframe_records": [ROW, ROW]},
        {"instances": [ROW]},
        {"inputs": columns},
    )
    table = f"{','.join(names)}\n{line}\n{line}\n".encode()
    return [*(Hostile(json.dumps(each).encode(), JSON) for each in documents), Hostile(table, CSV)]


def build_v2_bodies() -> list[Hostile]:
    """Builds a valid V2 body in JSON, and one with binary numbers."""
    kinds = {str: "BYTES", int: "INT64", float: "FP64"}
    inputs: list[dict[str, Any]] = [
        {"name": name, "shape": [1], "datatype": kinds[type(cell)], "data": [cell]}
        for name, cell in ROW.items()
    ]
    whole = json.dumps({"id": "1", "inputs": inputs}).encode()
    tail = b""
    for tensor, cell in zip(inputs, ROW.values(), strict=True):
        if isinstance(cell, float):
            del tensor["data"]
            tensor["parameters"] = {"binary_data_size": 8}
            tail += struct.pack("<d", cell)
    head = json.dumps({"inputs": inputs, "parameters": {"binary_data_output": True}}).encode()
    length = ("inference-header-content-length", str(len(head)))
    return [Hostile(whole, JSON), Hostile(head + tail, BINARY, (length,))]


def yield_tricks(valid: Hostile) -> Iterator[Hostile]:
    """Yields variants of a valid body that are known to break servers."""
    content, media_type, headers = valid.content, valid.media_type, valid.headers
    yield Hostile(b"", media_type, headers)
    for codec in ("utf-16", "utf-32", "utf-7"):
        yield Hostile(content.decode(errors="replace").encode(codec), media_type, headers)
    packed = gzip.compress(content)
    bomb = gzip.compress(bytes(40 * 2**20))
    for sent in (packed, packed[:-5], packed + packed, packed + b"junk", content, bomb):
        yield Hostile(sent, media_type, (*headers, ("content-encoding", "gzip")))
    for coding in ("br", "gzip, gzip", "x" * 5000):
        yield Hostile(content, media_type, (*headers, ("content-encoding", coding)))
    for other in (
        "text/html",
        "application/json; charset=utf-16",
        "*/*",
        "a" * 5000,
        "multipart/form-data",
    ):
        yield Hostile(content, other, headers)
    for length in ("-1", "0", "999999999999999999999", "1e3", "x"):
        yield Hostile(content, media_type, (("inference-header-content-length", length),))
    for token in _TOKENS:
        yield Hostile(token, media_type, headers)
        yield Hostile(token * 20, media_type, headers)


def yield_mutants(valid: Hostile, seed: str, count: int) -> Iterator[Hostile]:
    """Yields bodies with one to four mutations, reproducible by the seed."""
    rng = random.Random(seed)
    for _ in range(count):
        content = valid.content
        for _ in range(rng.randint(1, 4)):
            content = rng.choice(_MUTATIONS)(rng, content)
        yield Hostile(content, valid.media_type, valid.headers)


def _insert_token(rng: random.Random, content: bytes) -> bytes:
    at = rng.randint(0, len(content))
    return content[:at] + rng.choice(_TOKENS) + content[at:]


def _flip_bit(rng: random.Random, content: bytes) -> bytes:
    if not content:
        return content
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def _remove_part(rng: random.Random, content: bytes) -> bytes:
    first, last = sorted((rng.randint(0, len(content)), rng.randint(0, len(content))))
    return content[:first] + content[last:]


def _double_part(rng: random.Random, content: bytes) -> bytes:
    first, last = sorted((rng.randint(0, len(content)), rng.randint(0, len(content))))
    return content[:last] + content[first:last] + content[last:]


def _retype_cell(rng: random.Random, content: bytes) -> bytes:
    """Replaces one cell by a value of another kind."""
    cell = rng.choice([*map(str, ROW.values())]).encode()
    kinds = (
        b"null",
        b"[]",
        b"{}",
        b"true",
        b"1.5",
        b'"x"',
        b"1e999",
        b"-1",
        b"99999999999999999999",
    )
    return content.replace(cell, rng.choice(kinds), 1)


_MUTATIONS: list[Callable[[random.Random, bytes], bytes]] = [
    _insert_token,
    _flip_bit,
    _remove_part,
    _double_part,
    _retype_cell,
]
