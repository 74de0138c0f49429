"""Keeps the output of libraries away from the user."""

import contextlib
import sys
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def silence_libraries() -> Iterator[None]:
    """Sends what libraries print to stderr, and drops their warnings; stdout is for results."""
    with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
