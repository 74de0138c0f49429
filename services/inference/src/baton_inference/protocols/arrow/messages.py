"""The messages between the service and the reader process, in msgpack.

Not in pickle: a compromised reader process must not make the service run code.
"""

import struct
from typing import IO

from msgspec import Struct

from baton_engine.tables.values import Form

_LENGTH = struct.Struct("<Q")


class ReadRequest(Struct):
    """A body to read.

    Attributes:
        media_type: Arrow or Parquet.
        names: the requested columns.
        texts: those of them that are categories.
        max_rows: the most rows.
        body: the whole body.
    """

    media_type: bytes
    names: tuple[str, ...]
    texts: tuple[str, ...]
    max_rows: int
    body: bytes


class NumbersMessage(Struct, tag="numbers"):
    """Numbers in numpy's memory layout."""

    dtype: str
    data: bytes


class TextsMessage(Struct, tag="texts"):
    """Texts in the layout of `Texts`."""

    distinct: list[str | None]
    codes: bytes
    form: Form = "text"


class UnsupportedMessage(Struct, tag="unsupported"):
    """A column of another type; `kind` is Arrow's name of it."""

    kind: str


class TableMessage(Struct, tag="table"):
    """The requested columns that the body has."""

    rows: int
    columns: dict[str, NumbersMessage | TextsMessage | UnsupportedMessage]


class MalformedMessage(Struct, tag="malformed"):
    """The body cannot be read; `text` gives the reason in one line."""

    text: str


class TooManyMessage(Struct, tag="too_many"):
    """The body has too many rows."""


ReadAnswer = TableMessage | MalformedMessage | TooManyMessage


def write_frame(pipe: IO[bytes], content: bytes) -> None:
    """Writes one message. Raises `OSError` if the other process has ended."""
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """Reads the next message; None if the other process has ended."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = pipe.read(length)
    return content if len(content) == length else None
