"""The descendants of a process, as `/proc` lists them."""

from pathlib import Path

PROC = Path("/proc")


def list_descendants(pid: int) -> list[int]:
    """Returns the ids of all live descendants."""
    pids: list[int] = []
    for task in (PROC / str(pid) / "task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except OSError:  # the thread has just ended
            continue
        for child in map(int, children):
            pids += [child, *list_descendants(child)]
    return pids
