"""Files of a version on this disk: whole, and only where they are what they seem."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

MAX_FILE_BYTES = 2**31
"""Of one file: an ONNX model is one protobuf message, and those end here."""


def read_file(directory: Path, path: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """The content of a regular file below a folder; no link is followed on the way to it.

    What a version holds comes from elsewhere, and others may write to where it is kept: a link
    could lead to a device that never ends, or to a file that is not the version's.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it or a folder on the way is a link, it is no regular file, or it is too large.
    """
    with _opened(directory, PurePosixPath(path)) as handle:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > max_bytes:
            raise OSError(f"{path!r} is no regular file of at most {max_bytes} bytes")
        with open(handle, "rb", closefd=False) as file:
            return file.read()


@contextmanager
def _opened(directory: Path, path: PurePosixPath) -> Iterator[int]:
    """A handle of the file, found folder by folder."""
    flags = os.O_RDONLY | os.O_NOFOLLOW
    handle = os.open(directory, flags | os.O_DIRECTORY)
    try:
        for part in path.parent.parts:
            handle = _replaced(handle, part, flags | os.O_DIRECTORY)
        # Without O_NONBLOCK the open of a named pipe would wait for a writer.
        handle = _replaced(handle, path.name, flags | os.O_NONBLOCK)
        yield handle
    finally:
        os.close(handle)


def _replaced(folder: int, name: str, flags: int) -> int:
    """A handle of what the folder holds under that name, in place of the folder's."""
    handle = os.open(name, flags, dir_fd=folder)
    os.close(folder)
    return handle
