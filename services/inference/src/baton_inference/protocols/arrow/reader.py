"""Reads Arrow and Parquet bodies, in a process of its own: see `arrow_child`."""

import subprocess
import sys
from collections.abc import Sequence
from threading import Lock

import msgspec
import numpy as np
import structlog

from baton_engine.tables.values import Texts, Unsupported, Values
from baton_inference.errors import MalformedBody, Overloaded, TooManyRows
from baton_inference.protocols.arrow.columnar import ArrowTable
from baton_inference.protocols.arrow.messages import (
    MalformedMessage,
    NumbersMessage,
    OddMessage,
    ReadAnswer,
    ReadRequest,
    TextsMessage,
    TooManyMessage,
    read_frame,
    write_frame,
)
from baton_inference.protocols.media import ARROW, PARQUET
from baton_registry.versions.schema import Column

MEMORY_FACTOR = 16
"""So many times the greatest body may its decoded form take."""
PIPE_BYTES = 2**20
"""Holds most bodies whole: in pieces of 64 KiB, two processes would take turns for each."""

log = structlog.get_logger("baton.arrow")


class ArrowReader:
    """One process, begun when it is first needed. Safe to use from several threads."""

    def __init__(self, max_body_bytes: int) -> None:
        self._memory_bytes = MEMORY_FACTOR * max_body_bytes
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder: msgspec.msgpack.Decoder[ReadAnswer] = msgspec.msgpack.Decoder(ReadAnswer)

    def read(
        self, body: bytes, media_type: bytes, columns: Sequence[Column], max_rows: int
    ) -> ArrowTable:
        """The wanted columns that the body has. Blocks: not for the event loop.

        Raises:
            MalformedBody: not what its media type says, or too large when decoded.
            TooManyRows: more than allowed.
            Overloaded: the process cannot be started.
        """
        _check_start(body, media_type)
        request = self._encoder.encode(build_read_request(body, media_type, columns, max_rows))
        with self._lock:
            frame = self._ask(request)
        if frame is None:
            limit = self._memory_bytes // 2**20
            raise MalformedBody(
                f"the body cannot be read: it is broken, or takes over {limit} MiB when decoded"
            )
        return parse_read_answer(self._decoder.decode(frame), max_rows)

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()  # closes the pipes, too

    def _ask(self, request: bytes) -> bytes | None:
        """The answer; None where the process ended over it."""
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise TypeError("the process has no pipes")
        try:
            write_frame(process.stdin, request)
            frame = read_frame(process.stdout)
        except (OSError, ValueError):  # ended, by itself or by `close`
            frame = None
        if frame is None:
            self.close()
            log.warning("a body ended the process that read it", exit_code=process.returncode)
        return frame

    def _running(self) -> subprocess.Popen[bytes]:
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
                stderr=subprocess.DEVNULL,  # a panic's text, which no log can take
                env={"OPENBLAS_NUM_THREADS": "1"},  # nothing of ours: no secrets
                start_new_session=True,  # Ctrl-C is for the service, which answers what it took
            )
        except OSError as error:
            raise Overloaded("the process that reads such bodies cannot be started") from error


def build_read_request(
    body: bytes, media_type: bytes, columns: Sequence[Column], max_rows: int
) -> ReadRequest:
    """What to ask the process for."""
    names = tuple(column.name for column in columns)
    texts = tuple(column.name for column in columns if column.type == "string")
    return ReadRequest(media_type, names, texts, max_rows, body)


def _check_start(body: bytes, media_type: bytes) -> None:
    """Raises `MalformedBody` where the first bytes say that the body is something else."""
    if media_type == PARQUET and not (body.startswith(b"PAR1") and body.endswith(b"PAR1")):
        raise MalformedBody("the body is no Parquet file")
    if media_type == ARROW and body.startswith(b"ARROW1"):
        raise MalformedBody("the body is an Arrow file; send it as a stream")
    if media_type == ARROW and not body.startswith(b"\xff\xff\xff\xff"):
        raise MalformedBody("the body is no Arrow stream")


def parse_read_answer(answer: ReadAnswer, max_rows: int) -> ArrowTable:
    """What the process answered to a request of at most so many rows. Raises as `read` does."""
    if isinstance(answer, MalformedMessage):
        raise MalformedBody(f"the body cannot be read: {answer.text}")
    if isinstance(answer, TooManyMessage):
        raise TooManyRows.for_limit(max_rows)
    columns = {name: _values(message) for name, message in answer.columns.items()}
    return ArrowTable(answer.rows, columns)


def _values(message: NumbersMessage | TextsMessage | OddMessage) -> Values:
    if isinstance(message, NumbersMessage):
        return np.frombuffer(message.data, message.dtype)
    if isinstance(message, TextsMessage):
        return Texts(message.distinct, np.frombuffer(message.codes, np.int32), message.form)
    return Unsupported(message.kind)
