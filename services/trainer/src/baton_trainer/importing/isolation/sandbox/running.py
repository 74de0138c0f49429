"""Runs a command with limits on time, memory, processes and output."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from baton_common.texts import truncate
from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.job import MIB, Limits
from baton_trainer.importing.isolation.sandbox.process_tree import measure_tree

MAX_THREADS = 512
CHECK_INTERVAL_S = 0.2
_END_S = 5.0
_LAST_BYTES = 4096
_CHUNK_BYTES = 2**16
_STOPPED = "it was stopped, because it is too large for Baton's sandbox or hostile"


@dataclass(frozen=True)
class ProgramExit:
    """What a command left behind.

    Attributes:
        code: its exit code.
        output: what it wrote to stdout.
        last_line: the last line that it wrote to stderr, in printable characters.
    """

    code: int
    output: bytes
    last_line: str


def run(
    command: Sequence[str], environment: Mapping[str, str], limits: Limits, folder: str = "/"
) -> ProgramExit:
    """Runs a command to its end.

    Raises:
        ImportFailed: it reached a limit and was killed, or could not be started.
    """
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            start_new_session=True,  # on Ctrl-C this process ends it
        )
    except OSError as error:
        raise ImportFailed(f"{command[0]} cannot be started ({error.strerror})") from error
    output = _Reader(process.stdout, limits.result_bytes)
    errors = _Reader(process.stderr)
    try:
        _wait(process, output, limits)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the kernel then kills the whole sandbox
        process.wait()
        output.finish()
        errors.finish()
    if output.is_over:  # it ended before the next look at its limits
        raise ImportFailed(f"the model {_describe_size(limits)}; {_STOPPED}")
    return ProgramExit(process.returncode, bytes(output.content), _find_last_line(errors.content))


def _wait(process: subprocess.Popen[bytes], output: "_Reader", limits: Limits) -> None:
    end = time.monotonic() + limits.time_s
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(CHECK_INTERVAL_S)
            return
        if excess := _find_excess(process.pid, output, limits, end):
            raise ImportFailed(f"the model {excess}; {_STOPPED}")


def _find_excess(pid: int, output: "_Reader", limits: Limits, end: float) -> str:
    """Returns the limit that the command has reached; empty if none."""
    if time.monotonic() > end:
        return f"took more than {limits.time_s:g} s to open, export and predict"
    if output.is_over:
        return _describe_size(limits)
    usage = measure_tree(pid)
    if usage.memory_bytes > limits.memory_bytes:
        return f"took more than {limits.memory_bytes // MIB} MiB of memory"
    if usage.threads > MAX_THREADS:
        return f"started more than {MAX_THREADS} processes and threads"
    return ""


def _describe_size(limits: Limits) -> str:
    return f"returned more than {limits.result_bytes // MIB} MiB"


def _find_last_line(content: bytes) -> str:
    lines = content.decode(errors="replace").splitlines()
    last = next((line for line in reversed(lines) if line.strip()), "")
    return truncate("".join(each for each in last if each.isprintable()))


class _Reader:
    """Reads a pipe in a thread: up to `limit` bytes, or without a limit the last of all bytes."""

    def __init__(self, pipe: IO[bytes] | None, limit: int | None = None) -> None:
        self.content = b""
        self.is_over = False
        self._limit = limit
        self._pipe = pipe
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Waits for the end of the pipe, and closes it."""
        self._thread.join(_END_S)
        if self._pipe is not None and not self._thread.is_alive():
            self._pipe.close()

    def _read(self) -> None:
        if self._pipe is None:
            return
        content = bytearray()
        while chunk := os.read(self._pipe.fileno(), _CHUNK_BYTES):
            content += chunk
            if self._limit is None:
                del content[:-_LAST_BYTES]
            elif len(content) > self._limit:
                self.is_over = True
                return
        self.content = bytes(content)
