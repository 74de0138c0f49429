"""Lanes: tests that share a slow fixture run in one process when pytest-xdist runs several.

Lanes that take minutes start first, and short ones fill the rest of the other process's time.
"""

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[3]
CONTAINERS = ("tests/stack", "tests/faults")
"""The stack."""
SECURE = ("tests/stack/test_secure.py", "tests/stack/test_upgrade.py")
"""Stacks of their own, whose images the other lane has built."""
PRODUCT = ("tests/embedded", "tests/browser", "tests/monitoring")
"""A tracking server, and versions trained once."""
LINT = ("tests/test_lint.py",)
"""A cache of types."""
TRAINER = ("services/trainer",)
"""Another tracking server."""
_LONG = (CONTAINERS, PRODUCT, SECURE, LINT, TRAINER)


def lane(path: Path) -> str:
    """The lane of a test file: that of its folder, else one of its own."""
    file = path.relative_to(ROOT)
    return _long_lane(file) or str(file)


class Lanes(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
    """xdist's scheduler, with a lane as what one process runs."""

    def _split_scope(self, nodeid: str) -> str:
        return lane(ROOT / nodeid.partition("::")[0])


def rank(path: Path) -> int:
    """The lane's place in the order of starts."""
    names = [folders[0] for folders in _LONG]
    name = lane(path)
    return names.index(name) if name in names else len(names)


def _long_lane(file: Path) -> str | None:
    """Of the lanes that hold the file the one that names it most closely."""
    holders = {
        folder: folders[0] for folders in _LONG for folder in folders if file.is_relative_to(folder)
    }
    return holders[max(holders, key=len)] if holders else None
