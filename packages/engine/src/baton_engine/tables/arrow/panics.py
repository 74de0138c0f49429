"""Converts panics of the Arrow library to errors, without Rust's output on stderr."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from baton_common.texts import get_first_line

STDERR = 2


class Panic(Exception):
    """The library panicked. The message is its own, one line."""


@contextmanager
def convert_panics() -> Iterator[None]:
    """Converts a panic to `Panic`. The process' stderr is discarded until the block ends."""
    stderr, devnull = os.dup(STDERR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, STDERR)
    os.close(devnull)
    try:
        yield
    except BaseException as error:
        # A panic is not an `Exception`, and its type cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise Panic(get_first_line(error)) from error
    finally:
        os.dup2(stderr, STDERR)
        os.close(stderr)
