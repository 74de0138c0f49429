"""The reader process: reads Arrow and Parquet bodies.

The service starts it as `python -m baton_inference.protocols.arrow.child BYTES`.

A hostile or corrupt body can end the process that reads it: the library panics, which cannot be
caught, and allocates as much memory as the body claims to need. This process therefore has limits
on memory and time, and no secrets. It ends when its input ends.
"""

import resource
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
from arro3.core import RecordBatchReader
from arro3.io import read_ipc_stream

from baton_common.texts import get_first_line, truncate
from baton_engine.tables.arrow.array_values import read_texts, read_values
from baton_engine.tables.arrow.parquet_reader import open_parquet
from baton_engine.tables.column_indices import find_column_indices
from baton_engine.tables.values import Unsupported, Values, join_values
from baton_inference.protocols.arrow.messages import (
    MalformedMessage,
    NumbersMessage,
    ReadAnswer,
    ReadRequest,
    TableMessage,
    TextsMessage,
    TooManyMessage,
    UnsupportedMessage,
    read_frame,
    write_frame,
)
from baton_inference.protocols.media import ARROW, PARQUET

CPU_LIMIT_S = 10
"""The most processor time for one body."""
_BATCH_ROWS = 65_536
_PREFIX = "C Data interface error: "

_READERS: dict[bytes, Callable[[bytes, int], RecordBatchReader]] = {
    ARROW: lambda body, _: read_ipc_stream(body),
    PARQUET: open_parquet,
}


def main() -> None:
    """Answers requests, one after the other."""
    _limit_memory(int(sys.argv[1]))
    decoder, encoder = msgspec.msgpack.Decoder(ReadRequest), msgspec.msgpack.Encoder()
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        _limit_time()
        write_frame(sys.stdout.buffer, encoder.encode(answer(decoder.decode(frame))))


def answer(request: ReadRequest) -> ReadAnswer:
    """Reads one body, batch by batch, up to the row limit."""
    try:
        return _read_table(request)
    except MemoryError:
        return MalformedMessage("it needs too much memory when decoded")
    except Exception as error:  # noqa: BLE001 - the library defines no exception classes
        return MalformedMessage(_describe(error))


def _read_table(request: ReadRequest) -> ReadAnswer:
    batch_rows = min(request.max_rows + 1, _BATCH_ROWS)
    reader = _READERS[request.media_type](request.body, batch_rows)
    names = reader.schema.names
    counts = Counter(names)
    duplicate = next((name for name in request.names if counts[name] > 1), None)
    if duplicate is not None:
        return MalformedMessage(f"the column {truncate(duplicate)!r} occurs twice")
    indices = find_column_indices(names)
    parts: dict[str, list[Values]] = {name: [] for name in request.names if name in indices}
    categories = frozenset(request.texts)
    rows = 0
    for batch in reader:
        rows += batch.num_rows
        if rows > request.max_rows:
            return TooManyMessage()
        for name, values in parts.items():
            read = read_texts if name in categories else read_values
            values.append(read(batch.column(indices[name])))
    if not rows:
        return TableMessage(0, {})
    return TableMessage(
        rows, {name: _build_message(join_values(values)) for name, values in parts.items()}
    )


def _build_message(values: Values) -> NumbersMessage | TextsMessage | UnsupportedMessage:
    if isinstance(values, Unsupported):
        return UnsupportedMessage(values.kind)
    if isinstance(values, np.ndarray):
        return NumbersMessage(values.dtype.str, values.tobytes())
    return TextsMessage([*values.distinct], values.codes.tobytes(), values.form)


def _limit_memory(extra_bytes: int) -> None:
    """Limits the memory to the present use plus `extra_bytes`, on systems with `/proc`."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + extra_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _limit_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_LIMIT_S
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _describe(error: Exception) -> str:
    return truncate(get_first_line(error).removeprefix(_PREFIX).strip() or type(error).__name__)


if __name__ == "__main__":
    main()
