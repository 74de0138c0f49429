"""Progress of a training run: the protocol that the command line implements."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.table import Table

Advance = Callable[[str], None]
"""Counts one step; the text is its result."""


class Progress(Protocol):
    """Receives the progress of a training run."""

    def start_phase(self, text: str) -> None:
        """Begins a phase."""
        ...

    def track_steps(self, text: str, total: int) -> AbstractContextManager[Advance]:
        """Begins a phase of a known number of steps; the block calls `Advance` after each."""
        ...

    def note(self, text: str) -> None:
        """Reports a finding or a decision in one line."""
        ...

    def warn(self, text: str) -> None:
        """Reports a warning in one line."""
        ...

    def show(self, table: Table) -> None:
        """Shows a table."""
        ...


class NoProgress:
    """Ignores all progress."""

    def start_phase(self, text: str) -> None:
        """Does nothing."""

    @contextmanager
    def track_steps(self, text: str, total: int) -> Iterator[Advance]:  # noqa: ARG002 - the protocol's
        """Does nothing."""
        yield lambda _: None

    def note(self, text: str) -> None:
        """Does nothing."""

    def warn(self, text: str) -> None:
        """Does nothing."""

    def show(self, table: Table) -> None:
        """Does nothing."""
