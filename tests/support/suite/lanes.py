"""Lanes: tests that share a slow fixture run in one process when pytest-xdist runs several.

Lanes that take minutes start first, and short ones fill the rest of the other processes' time.
"""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[3]
LONG = (
    "tests/stack",  # the stack
    "tests/embedded",  # a tracking server, and versions trained once
    "tests/embedded/up/test_call_home.py",  # each of these files has its own `baton up`
    "tests/embedded/up/test_documents.py",
    "tests/stack/upgraded",  # a second stack, from images that the first lane has built by now
    "tests/kubernetes",  # a cluster, with the same images
    "tests/stack/secured",  # a third stack
    "tests/embedded/up/test_install.py",
    "tests/embedded/up/test_upgrade.py",
    "tests/test_lint.py",  # a cache of types
    "services/trainer",  # another tracking server
    "tests/stack/test_call_home.py",  # containers of its own
    "cli/tests/dask_cluster",  # a cluster of Dask
)
"""What the tests of each long lane share, in the order in which the lanes start.

A file belongs to the longest path that contains it.
"""
GUESTS = dict.fromkeys(("tests/faults", "tests/browser", "tests/monitoring"), "tests/embedded")
"""Folders that share the fixtures of another lane."""


def get_lane(path: Path) -> str:
    """Returns the lane of a test file: a long lane, else its folder's in tests/, else its own."""
    file = path.relative_to(ROOT)
    holders = [each for each in (*LONG, *GUESTS) if file.is_relative_to(each)]
    top, *below = file.parts
    own = f"{top}/{below[0]}" if top == "tests" else str(file)  # of a file in tests/: itself
    lane = max(holders, key=len, default=own)
    return GUESTS.get(lane, lane)


class Lanes(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
    """xdist's scheduler; one process runs a whole lane."""

    def _split_scope(self, nodeid: str) -> str:
        return get_lane(ROOT / nodeid.partition("::")[0])


def end_lane(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Ends all fixtures of a lane after its last test.

    Session fixtures would last until the last test of all. An idle stack, a cluster and their
    load took a fifth of two processors from the lanes after theirs.
    """
    if nextitem is not None and get_lane(nextitem.path) != get_lane(item.path):
        item.session._setupstate.teardown_exact(None)  # pytest has no public way


def get_rank(path: Path) -> int:
    """Returns the position of the file's lane in the order of starts."""
    lane = get_lane(path)
    return LONG.index(lane) if lane in LONG else len(LONG)
