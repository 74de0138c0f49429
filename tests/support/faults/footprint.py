"""Memory, file handles and disk space of a process: a fault must not make them grow."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from baton_inference.lifecycle.loading.cache import SPARE_VERSIONS

GROWTH_MB = 24.0
"""A loaded version takes some megabytes, and allocators keep freed memory."""
GROWTH_HANDLES = 5
"""A connection to the registry, and the connection that it replaced."""


@dataclass(frozen=True)
class Footprint:
    """The footprint at one moment.

    Attributes:
        memory_mb: resident, private, in MB of 10^6 bytes.
        handles: open file descriptors.
        kept: versions in the cache.
        half_done: staging folders of versions.
    """

    memory_mb: float
    handles: int
    kept: int
    half_done: int

    @classmethod
    def measure(cls, pid: int, cache: Path) -> Self:
        """Measures a process and its cache."""
        process = Path(f"/proc/{pid}")
        fields = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return cls(
            memory_mb=int(fields["RssAnon"].split()[0]) * 1024 / 1e6,
            handles=_count_entries(process / "fd"),
            kept=_count_entries(cache / "versions"),
            half_done=_count_entries(cache / "staging"),
        )

    def has_not_grown_since(self, before: Self) -> bool:
        """Whether it is the same, within the space of one more version."""
        return (
            self.memory_mb - before.memory_mb < GROWTH_MB
            and self.handles - before.handles <= GROWTH_HANDLES
            and self.kept <= SPARE_VERSIONS + 2  # the last that served, and the one before
            and self.half_done == 0
        )


def _count_entries(folder: Path) -> int:
    return len([*folder.iterdir()]) if folder.exists() else 0
