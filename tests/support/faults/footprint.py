"""What a process takes: memory, file handles, disk. A fault must not make it grow."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from baton_inference.lifecycle.cache import SPARE_VERSIONS

GROWTH_MB = 24.0
"""A loaded version takes some megabytes, and an allocator keeps what it once had."""
GROWTH_HANDLES = 5
"""A connection to the registry, and one that it replaced."""


@dataclass(frozen=True)
class Footprint:
    """At one moment.

    Attributes:
        memory_mb: resident and its own, in MB of 10^6 bytes.
        handles: open file descriptors.
        kept: versions in the cache.
        half_done: folders of versions on their way into it.
    """

    memory_mb: float
    handles: int
    kept: int
    half_done: int

    @classmethod
    def of(cls, pid: int, cache: Path) -> Self:
        """Of this process, which keeps its versions there."""
        process = Path(f"/proc/{pid}")
        fields = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return cls(
            memory_mb=int(fields["RssAnon"].split()[0]) * 1024 / 1e6,
            handles=_entries(process / "fd"),
            kept=_entries(cache / "versions"),
            half_done=_entries(cache / "staging"),
        )

    def has_not_grown_since(self, before: Self) -> bool:
        """Whether it is what it was, within what one version more may take."""
        return (
            self.memory_mb - before.memory_mb < GROWTH_MB
            and self.handles - before.handles <= GROWTH_HANDLES
            and self.kept <= SPARE_VERSIONS + 1
            and self.half_done == 0
        )


def _entries(folder: Path) -> int:
    return len([*folder.iterdir()]) if folder.exists() else 0
