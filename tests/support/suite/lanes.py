"""Lanes: tests that share a slow fixture run in one process when pytest-xdist runs several.

Lanes that take minutes start first, and short ones fill the rest of the other process's time.
"""

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[3]
CONTAINERS = ("tests/stack", "tests/faults")
"""They share the stack."""
SECURE = ("tests/stack/test_secure.py", "tests/stack/test_upgrade.py")
"""Each starts its own stack, from images that the other lane has built."""
PRODUCT = ("tests/embedded", "tests/browser", "tests/monitoring")
"""They share a tracking server, and versions trained once."""
LINT = ("tests/test_lint.py",)
"""It fills a cache of types."""
TRAINER = ("services/trainer",)
"""They share another tracking server."""
DASK = ("cli/tests/dask_cluster",)
"""They share a cluster."""
_LONG = (CONTAINERS, PRODUCT, SECURE, LINT, TRAINER, DASK)


def get_lane(path: Path) -> str:
    """Returns the lane of a test file: its folder's lane, else a lane for this file alone."""
    file = path.relative_to(ROOT)
    return _find_long_lane(file) or str(file)


class Lanes(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
    """xdist's scheduler; one process runs a whole lane."""

    def _split_scope(self, nodeid: str) -> str:
        return get_lane(ROOT / nodeid.partition("::")[0])


def get_rank(path: Path) -> int:
    """Returns the position of the file's lane in the order of starts."""
    names = [folders[0] for folders in _LONG]
    name = get_lane(path)
    return names.index(name) if name in names else len(names)


def _find_long_lane(file: Path) -> str | None:
    """Returns the most specific lane that contains the file."""
    holders = {
        folder: folders[0] for folders in _LONG for folder in folders if file.is_relative_to(folder)
    }
    return holders[max(holders, key=len)] if holders else None
