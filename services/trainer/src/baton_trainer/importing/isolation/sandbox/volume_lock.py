"""The lock on the importer's volume: one model at a time, also if its import was killed.

A model can write to every pipe on the volume, so no other import may wait for a result while it
runs. The import holds the lock, and the importer shares it until the program has ended.

It is a lock of `fcntl`, which belongs to a process and ends with it, also by SIGKILL. Other
processes can neither release nor inherit it. To share it, a file that can be read is enough.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from baton_trainer.errors import ImportFailed

LOCK_FILE = "lock"

WAIT_S = 10.0
"""How long an importer may take to end after it has returned a result, in seconds."""
_POLL_INTERVAL_S = 0.1


@contextmanager
def hold_lock(volume: Path, wait_s: float) -> Iterator[int]:
    """Holds the lock alone. Yields its descriptor, for `let_importer_share`.

    Raises:
        ImportFailed: another import is under way, or its program has not ended.
        OSError: the volume is full, or not mounted.
    """
    descriptor = os.open(volume / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + wait_s
        while not _try_lock(descriptor):
            if time.monotonic() >= end:
                raise ImportFailed(
                    "another import has not ended, or the model of one that was killed still runs;"
                    " wait, or stop it: docker compose stop importer"
                )
            time.sleep(_POLL_INTERVAL_S)
        yield descriptor
    finally:
        os.close(descriptor)


def let_importer_share(descriptor: int) -> None:
    """Lets the importer share the lock. No other import gets it."""
    fcntl.lockf(descriptor, fcntl.LOCK_SH)


@contextmanager
def share_lock(volume: Path) -> Iterator[None]:
    """Shares the lock, as the importer.

    Raises:
        OSError: an import holds it alone, or there has been none.
    """
    descriptor = os.open(volume / LOCK_FILE, os.O_RDONLY)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
