"""The descendants of a process, as `/proc` lists them."""

from pathlib import Path

PROC = Path("/proc")


def read_command(pid: int) -> str:
    """Returns the command line of a process; an empty text if it has ended."""
    try:
        return (PROC / str(pid) / "cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


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
