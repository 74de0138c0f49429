"""Locks of files and folders in the cache: each shows whether the process that took it lives."""

import fcntl
import os
from pathlib import Path


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock of a file or folder. True if that cannot be known."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:  # it is gone, or another user's
        return True
    try:
        # Shared: two processes that ask at the same time do not take each other for the holder.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:  # locked, or a file system without locks
        return True
    finally:
        os.close(handle)
    return False
