"""`python -m …sandbox.await_program VOLUME SECONDS`: the program of the importer container.

It waits for a job on the volume, and becomes the job's program. It ends with 0 if there is none.
"""

import json
import os
import signal
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

POLL_INTERVAL_S = 0.5


def main() -> None:
    """Waits, then replaces this process."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # to stop waiting is no failure
    jobs, end = Path(sys.argv[1], JOBS), time.monotonic() + float(sys.argv[2])
    while time.monotonic() < end:
        for folder in jobs.glob("*"):
            with suppress(OSError, ValueError):
                # Its last file: before, the job is not complete.
                program = json.loads((folder / PROGRAM_FILE).read_bytes())
                become(program, open_pipe(folder / RESULT_PIPE))
        time.sleep(POLL_INTERVAL_S)


def open_pipe(pipe: Path) -> int:
    """Opens the pipe for the result.

    Raises:
        OSError: it has no reader: the job was left behind by an import that was killed.
    """
    return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)


def become(program: dict[str, Any], pipe: int) -> None:
    """Becomes the program, with the pipe as its stdout and under a limit on time."""
    os.write(pipe, STARTED)
    os.set_blocking(pipe, True)
    os.dup2(pipe, sys.stdout.fileno())
    os.chdir(program["folder"])
    command = ["timeout", "-s", "KILL", str(program["time_s"]), *program["command"]]
    # The end of `timeout` ends the container, with all that the program has started.
    os.execvpe(command[0], command, program["environment"])  # noqa: S606 - no shell


if __name__ == "__main__":
    main()
