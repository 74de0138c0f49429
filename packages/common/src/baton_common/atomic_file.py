"""Files that appear whole or not at all."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def open_atomic(path: Path, mode: int | None = None) -> Iterator[IO[bytes]]:
    """A file that takes its name only when it is complete and on the disk.

    Readers see the old file or the new one. If the block fails, the old one stays and nothing of
    the new one is left.

    Args:
        path: its name; the folder must exist.
        mode: its permissions, from its first moment on; None: those of the file that it replaces,
            else those that a new file gets.

    Raises:
        OSError: it cannot be written.
    """
    if mode is None:
        mode = _mode_of(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    # A draft of a file with a mode of its own is private; of any other, the umask decides.
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
    """Writes a file in one step, as `open_atomic` does."""
    with open_atomic(path, mode) as file:
        file.write(content)


def _mode_of(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None
