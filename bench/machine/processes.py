"""The processes that a process has started, as `/proc` shows them."""

from pathlib import Path

PROC = Path("/proc")


def descendants(pid: int) -> list[int]:
    """The ids of all that live now."""
    found: list[int] = []
    for task in (PROC / str(pid) / "task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except OSError:  # the thread has just ended
            continue
        for child in map(int, children):
            found += [child, *descendants(child)]
    return found
