"""`python -m …sandbox.await_program VOLUME SECONDS`: the program of the importer container.

It waits for a job on the volume, and runs the job's program. It ends with 0 if there is none.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from baton_trainer.importing.isolation.sandbox.importer import (
    JOBS,
    PROGRAM_FILE,
    RESULT_PIPE,
    STARTED,
)
from baton_trainer.importing.isolation.sandbox.volume_lock import share_lock

POLL_INTERVAL_S = 0.5
_PR_SET_DUMPABLE = 4  # linux/prctl.h
_SIGNAL_BASE = 128
"""Shells report a death by a signal as this plus its number."""


def main() -> None:
    """Waits, then runs one program and ends with its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # to stop waiting is no failure
    hide_from_debuggers()
    volume, end = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2])
    while time.monotonic() < end:
        for folder in (volume / JOBS).glob("*"):
            with suppress(OSError, ValueError):
                # Its last file: before, the job is not complete.
                program = json.loads((folder / PROGRAM_FILE).read_bytes())
                with share_lock(volume):  # first: an import that was killed has no reader then
                    sys.exit(run(program, open_pipe(folder / RESULT_PIPE)))
        time.sleep(POLL_INTERVAL_S)


def hide_from_debuggers() -> None:
    """Forbids the program, which has the same user, to debug this process: it could unlock."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def open_pipe(pipe: Path) -> int:
    """Opens the pipe for the result.

    Raises:
        OSError: it has no reader: the job was left behind by an import that was killed.
    """
    return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)


def run(program: dict[str, Any], pipe: int) -> int:
    """Runs the program with the pipe as its stdout and under a limit on time.

    The end of this process ends the container, with all that the program has started.

    Returns:
        Its exit code, as a shell reports it.
    """
    with os.fdopen(pipe, "wb", buffering=0) as result:  # the reader waits until all have closed it
        result.write(STARTED)
        os.set_blocking(pipe, True)
        command = ["timeout", "-s", "KILL", str(program["time_s"]), *program["command"]]
        process = subprocess.Popen(
            command, stdout=result, cwd=program["folder"], env=program["environment"]
        )
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    code = process.wait()
    return code if code >= 0 else _SIGNAL_BASE - code


if __name__ == "__main__":
    main()
