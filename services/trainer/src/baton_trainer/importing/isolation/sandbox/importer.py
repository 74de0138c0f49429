"""The sandbox of the stack: a container without network and secrets, the service `importer`.

Containers forbid the namespaces that `bubblewrap` and `unshare` need. So the program runs in a
container of its own, which lives for one model. Both containers share a volume, which the importer
can only read. The result comes back through a named pipe in it: a pipe can be written although its
file system is read-only, and what is in it takes no space on the disk.
"""

import json
import os
import select
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from baton_common.atomic_file import write_atomic
from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.job import MIB, Limits
from baton_trainer.importing.isolation.sandbox.program import Program
from baton_trainer.importing.isolation.sandbox.volume_lock import (
    WAIT_S,
    hold_lock,
    let_importer_share,
)

JOBS = "jobs"
PROGRAM_FILE, RESULT_PIPE = "program.json", "result"
STARTED = b"started\n"
"""The importer writes it before it starts the program."""

_GRACE_S = 10.0
_CHUNK_BYTES = 2**16
_STOP = "if its container still runs, stop it: docker compose stop importer"
_COMMAND = "docker compose run --rm import MODEL --data /data/FILE"


@contextmanager
def open_job_folder(volume: Path, wait_s: float = WAIT_S) -> Iterator[Path]:
    """Creates the folder of the only job on the volume, and removes it afterwards.

    Folders that imports left behind are removed first: they hold rows, which a model could read.

    Raises:
        ImportFailed: another import is under way, or its program has not ended.
        OSError: the volume is full, or not mounted.
    """
    with hold_lock(volume, wait_s) as lock:
        shutil.rmtree(volume / JOBS, ignore_errors=True)
        (volume / JOBS).mkdir(exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=volume / JOBS))
        let_importer_share(lock)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def run_in_importer(program: Program, folder: Path, limits: Limits) -> bytes:
    """Runs a program in the importer's container, and returns what it writes to stdout.

    Args:
        program: the program; its paths are those of the volume, which are the same in both
            containers. Its mounts have no meaning.
        folder: the job's folder.
        limits: the limits on time and on the result. That on memory is the container's.

    Raises:
        ImportFailed: the importer does not run, or the program reached a limit.
        OSError: the volume is full.
    """
    pipe = folder / RESULT_PIPE
    os.mkfifo(pipe, 0o600)
    with _Pipe(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)) as result:
        document = {
            "command": [*program.command],
            "folder": program.folder,
            "environment": {**program.environment},
            "time_s": limits.time_s,
        }
        write_atomic(folder / PROGRAM_FILE, json.dumps(document).encode())
        if not result.wait(limits.wait_s):
            raise ImportFailed(
                f"the importer's container does not start; run the import as: {_COMMAND}"
            )
        content = result.read(limits)
    return content.removeprefix(STARTED)


@dataclass
class _Pipe:
    """The reading end of a named pipe, which never blocks."""

    descriptor: int

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

    def wait(self, timeout_s: float) -> bool:
        """Waits until something can be read, or the other end is closed."""
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))

    def read(self, limits: Limits) -> bytes:
        """Reads to the end."""
        content = bytearray()
        end = time.monotonic() + limits.time_s + _GRACE_S
        while (left_s := end - time.monotonic()) > 0:
            if not self.wait(left_s):
                break
            chunk = os.read(self.descriptor, _CHUNK_BYTES)
            if not chunk:
                return bytes(content)
            content += chunk
            if len(content) > limits.result_bytes:
                size = limits.result_bytes // MIB
                raise ImportFailed(f"the model returned more than {size} MiB; {_STOP}")
        raise ImportFailed(
            f"the model took more than {limits.time_s:g} s to open, export and predict; {_STOP}"
        )
