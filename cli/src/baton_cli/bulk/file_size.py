"""The size of an open file."""

import os
from typing import IO


def measure_size(file: IO[bytes]) -> int:
    """Measures the bytes of a file, which may be on an object store, and returns to its start."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size
