"""The pipe to the process that reads Arrow."""

import io

import msgspec

from baton_inference.protocols.arrow.messages import (
    NumbersMessage,
    OddMessage,
    ReadAnswer,
    TableMessage,
    TextsMessage,
    read_frame,
    write_frame,
)


def test_frames_come_as_they_were_written() -> None:
    """Each message comes whole, an empty one too; after the last there is none."""
    pipe = io.BytesIO()
    for content in (b"one", b"", b"three"):
        write_frame(pipe, content)
    pipe.seek(0)
    assert [read_frame(pipe) for _ in range(4)] == [b"one", b"", b"three", None]


def test_a_frame_that_is_cut_off_is_none() -> None:
    """A process that ended while it wrote has written nothing."""
    pipe = io.BytesIO()
    write_frame(pipe, b"whole")
    for end in range(len(pipe.getvalue())):
        assert read_frame(io.BytesIO(pipe.getvalue()[:end])) is None


def test_every_kind_of_column_is_told_apart() -> None:
    """A table comes back as it was sent."""
    columns: dict[str, NumbersMessage | TextsMessage | OddMessage] = {
        "n": NumbersMessage("<i8", b"12345678"),
        "t": TextsMessage(["é", None], b"1234"),
        "o": OddMessage("List"),
    }
    sent = TableMessage(1, columns)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=ReadAnswer) == sent
