"""The Arrow library where it panics: as an error, and without what Rust tells on stderr."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from baton_common.texts import get_first_line

STDERR = 2


class Panic(Exception):
    """The library gave up on what it was given; the text is its own, one line."""


@contextmanager
def convert_panics() -> Iterator[None]:
    """Turns a panic into `Panic`. Nothing reaches stderr of this process until the block ends."""
    kept, nowhere = os.dup(STDERR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDERR)
    os.close(nowhere)
    try:
        yield
    except BaseException as error:
        # A panic is no `Exception`, and its type cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise Panic(get_first_line(error)) from error
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
