"""Where the trials of a search run."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass


@dataclass(frozen=True)
class SearchPlace:
    """A place for the trials. The results are the same everywhere.

    Attributes:
        name: its name in the run record; empty for this process.
        enter: opens it until the block ends, and makes it the backend of joblib's `Parallel`.
    """

    name: str = ""
    enter: Callable[[], AbstractContextManager[object]] = nullcontext


HERE = SearchPlace()
