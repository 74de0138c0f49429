"""Atomic file writes."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def open_atomic(path: Path, mode: int | None = None) -> Iterator[IO[bytes]]:
    """Opens a file that replaces `path` when the block ends and its content is on disk.

    Readers see the old file or the complete new one. If the block fails, the old file stays and
    nothing else is left.

    Args:
        path: the file; its folder must exist.
        mode: its permissions from creation on. None: the permissions of the file that it replaces,
            or the default for new files.

    Raises:
        OSError: the file cannot be written.
    """
    if mode is None:
        mode = _get_mode(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    # With an explicit mode the draft is private until it is complete; otherwise the umask applies.
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            if mode is not None:
                os.fchmod(handle, mode)
            os.fsync(handle)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_atomic(path: Path, content: bytes, mode: int | None = None) -> None:
    """Writes a file in one step. See `open_atomic`."""
    with open_atomic(path, mode) as file:
        file.write(content)


def _get_mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None
