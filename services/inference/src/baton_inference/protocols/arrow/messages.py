"""What the service and the process that reads Arrow for it say to each other, in msgpack.

Not pickle: whatever a body did to that process, what it answers is data.
"""

import struct
from typing import IO

from msgspec import Struct

from baton_engine.tables.values import Form

_LENGTH = struct.Struct("<Q")


class ReadRequest(Struct):
    """A body to read.

    Attributes:
        media_type: what it is.
        names: the columns that are wanted.
        texts: those of them that are categories.
        max_rows: rows that it may hold.
        body: all of it.
    """

    media_type: bytes
    names: tuple[str, ...]
    texts: tuple[str, ...]
    max_rows: int
    body: bytes


class NumbersMessage(Struct, tag="numbers"):
    """Numbers, as numpy holds them in memory."""

    dtype: str
    data: bytes


class TextsMessage(Struct, tag="texts"):
    """Texts, as `Texts` holds them."""

    distinct: list[str | None]
    codes: bytes
    form: Form = "text"


class OddMessage(Struct, tag="odd"):
    """A column of a type that is neither; Arrow's name of it."""

    kind: str


class TableMessage(Struct, tag="table"):
    """The columns that were wanted and found."""

    rows: int
    columns: dict[str, NumbersMessage | TextsMessage | OddMessage]


class MalformedMessage(Struct, tag="malformed"):
    """Not what its media type says; the text says why in one line."""

    text: str


class TooManyMessage(Struct, tag="too_many"):
    """More rows than allowed."""


ReadAnswer = TableMessage | MalformedMessage | TooManyMessage


def write_frame(pipe: IO[bytes], content: bytes) -> None:
    """Writes one message. Raises `OSError` where nobody reads it."""
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where the other side has ended."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = pipe.read(length)
    return content if len(content) == length else None
