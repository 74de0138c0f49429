"""The messages to and from the reader process."""

import io

import msgspec

from baton_inference.protocols.arrow.messages import (
    NumbersMessage,
    ReadAnswer,
    TableMessage,
    TextsMessage,
    UnsupportedMessage,
    read_frame,
    write_frame,
)


def test_frames_are_read_as_they_were_written() -> None:
    """An empty message is a message; after the last one the result is None."""
    pipe = io.BytesIO()
    for content in (b"one", b"", b"three"):
        write_frame(pipe, content)
    pipe.seek(0)
    assert [read_frame(pipe) for _ in range(4)] == [b"one", b"", b"three", None]


def test_a_truncated_frame_is_none() -> None:
    """The other process ended while it wrote."""
    pipe = io.BytesIO()
    write_frame(pipe, b"whole")
    for end in range(len(pipe.getvalue())):
        assert read_frame(io.BytesIO(pipe.getvalue()[:end])) is None


def test_every_kind_of_column_is_decoded() -> None:
    """A decoded table equals the encoded one."""
    columns: dict[str, NumbersMessage | TextsMessage | UnsupportedMessage] = {
        "n": NumbersMessage("<i8", b"12345678"),
        "t": TextsMessage(["é", None], b"1234"),
        "o": UnsupportedMessage("List"),
    }
    sent = TableMessage(1, columns)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=ReadAnswer) == sent
