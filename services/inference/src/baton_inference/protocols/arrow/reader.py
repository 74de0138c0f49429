"""Reads Arrow and Parquet bodies in a separate process: see `child`."""

import subprocess
import sys
from collections.abc import Sequence
from threading import Lock

import msgspec
import numpy as np
import structlog

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.values import Texts, Unsupported, Values
from baton_inference.errors import MalformedBody, Overloaded, TooManyRows
from baton_inference.protocols.arrow.columnar import ArrowTable
from baton_inference.protocols.arrow.messages import (
    MalformedMessage,
    NumbersMessage,
    ReadAnswer,
    ReadRequest,
    TextsMessage,
    TooManyMessage,
    UnsupportedMessage,
    read_frame,
    write_frame,
)
from baton_inference.protocols.media import ARROW, PARQUET
from baton_registry.versions.schema import Column

MEMORY_FACTOR = 16
"""The most memory of a decoded body, as a multiple of the largest body."""
PIPE_BYTES = 2**20
"""Holds most bodies whole. With the default of 64 KiB the two processes alternate for each part."""

log = structlog.get_logger("baton.arrow")


class ArrowReader:
    """Starts the reader process with the first body. Safe to use from several threads."""

    def __init__(self, max_body_bytes: int) -> None:
        self._memory_bytes = MEMORY_FACTOR * max_body_bytes
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder: msgspec.msgpack.Decoder[ReadAnswer] = msgspec.msgpack.Decoder(ReadAnswer)

    def read(
        self, body: bytes, media_type: bytes, columns: Sequence[Column], max_rows: int
    ) -> ArrowTable:
        """Reads those of the columns that the body has. Blocks: do not call it on the event loop.

        Raises:
            MalformedBody: the body does not have the format of its media type, or is too large
                when decoded.
            TooManyRows: it has more than `max_rows` rows.
            Overloaded: the reader process cannot be started.
        """
        _check_start(body, media_type)
        request = self._encoder.encode(build_read_request(body, media_type, columns, max_rows))
        with self._lock:
            frame = self._exchange(request)
        if frame is None:
            limit = self._memory_bytes // 2**20
            raise MalformedBody(
                f"the body cannot be read: it is corrupt, or needs over {limit} MiB when decoded"
            )
        return parse_read_answer(self._decoder.decode(frame), max_rows)

    def close(self) -> None:
        """Ends the reader process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()  # closes the pipes, too

    def _exchange(self, request: bytes) -> bytes | None:
        """Sends a request and returns the answer; None if the process ended."""
        process = self._ensure_running()
        if process.stdin is None or process.stdout is None:
            raise TypeError("the reader process has no pipes")
        try:
            write_frame(process.stdin, request)
            frame = read_frame(process.stdout)
        except (OSError, ValueError):  # ended, by itself or by `close`
            frame = None
        if frame is None:
            self.close()
            log.warning("a body ended the reader process", exit_code=process.returncode)
        return frame

    def _ensure_running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process = self._start()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", "-B", "-m", "baton_inference.protocols.arrow.child"]
        try:
            return subprocess.Popen(
                [*command, str(self._memory_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pipesize=PIPE_BYTES,
                stderr=subprocess.DEVNULL,  # a panic's message is not a log line
                env={"OPENBLAS_NUM_THREADS": "1"},  # the service's environment has secrets
                start_new_session=True,  # on Ctrl-C, the service first answers accepted requests
            )
        except OSError as error:
            raise Overloaded(
                "the process that reads Arrow and Parquet cannot be started; retry later"
            ) from error


def build_read_request(
    body: bytes, media_type: bytes, columns: Sequence[Column], max_rows: int
) -> ReadRequest:
    """Builds the request to the reader process."""
    names = tuple(column.name for column in columns)
    texts = tuple(column.name for column in columns if COLUMN_TYPES[column.type].is_text)
    return ReadRequest(media_type, names, texts, max_rows, body)


def _check_start(body: bytes, media_type: bytes) -> None:
    """Raises `MalformedBody` if the first bytes show another format."""
    if media_type == PARQUET and not (body.startswith(b"PAR1") and body.endswith(b"PAR1")):
        raise MalformedBody("the body is not a Parquet file")
    if media_type == ARROW and body.startswith(b"ARROW1"):
        raise MalformedBody("the body is an Arrow file; send it as a stream")
    if media_type == ARROW and not body.startswith(b"\xff\xff\xff\xff"):
        raise MalformedBody("the body is not an Arrow stream")


def parse_read_answer(answer: ReadAnswer, max_rows: int) -> ArrowTable:
    """Converts an answer of the reader process. Raises the errors of `ArrowReader.read`."""
    if isinstance(answer, MalformedMessage):
        raise MalformedBody(f"the body cannot be read: {answer.text}")
    if isinstance(answer, TooManyMessage):
        raise TooManyRows.for_limit(max_rows)
    columns = {name: _parse_values(message) for name, message in answer.columns.items()}
    return ArrowTable(answer.rows, columns)


def _parse_values(message: NumbersMessage | TextsMessage | UnsupportedMessage) -> Values:
    if isinstance(message, NumbersMessage):
        return np.frombuffer(message.data, message.dtype)
    if isinstance(message, TextsMessage):
        return Texts(message.distinct, np.frombuffer(message.codes, np.int32), message.form)
    return Unsupported(message.kind)
