"""Reads a version's files from disk safely."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

MAX_FILE_BYTES = 2**31
"""The limit for one file: that of a protobuf message, such as an ONNX model."""


def read_file(directory: Path, path: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Reads a regular file below a folder without following links.

    Others may write to the folder. A link could lead to an endless device, or to a file outside of
    the version.

    Raises:
        FileNotFoundError: the file does not exist.
        OSError: the file or a folder on the way is a link, or the file is not regular or too large.
    """
    with _open_file(directory, PurePosixPath(path)) as handle:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > max_bytes:
            raise OSError(f"{path!r} is not a regular file of at most {max_bytes} bytes")
        with open(handle, "rb", closefd=False) as file:
            return file.read()


@contextmanager
def _open_file(directory: Path, path: PurePosixPath) -> Iterator[int]:
    """Opens a file folder by folder."""
    flags = os.O_RDONLY | os.O_NOFOLLOW
    handle = os.open(directory, flags | os.O_DIRECTORY)
    try:
        for part in path.parent.parts:
            handle = _open_next(handle, part, flags | os.O_DIRECTORY)
        # Without O_NONBLOCK, opening a named pipe would wait for a writer.
        handle = _open_next(handle, path.name, flags | os.O_NONBLOCK)
        yield handle
    finally:
        os.close(handle)


def _open_next(folder: int, name: str, flags: int) -> int:
    """Opens an entry of a folder, and closes the folder."""
    handle = os.open(name, flags, dir_fd=folder)
    os.close(folder)
    return handle
