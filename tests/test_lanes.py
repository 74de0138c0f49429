"""Tests that share a server run in one process; long lanes start first."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.suite.lanes import GUESTS, LONG, ROOT, Lanes, get_lane, get_rank

CONFTEST = """
from pathlib import Path
import pytest
from tests.support.suite import lanes

lanes.ROOT = Path(__file__).parent

@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    lanes.end_lane(item, nextitem)

@pytest.fixture(scope="session")
def server():
    yield
    (lanes.ROOT / "ended").touch()
"""
FIRST = """
from pathlib import Path
ENDED = Path(__file__).with_name("ended")

def test_one(server):
    pass

def test_two(server):
    assert not ENDED.exists()
"""
SECOND = """
from test_first import ENDED

def test_three():
    assert ENDED.exists()

def test_four(server):
    pass
"""


@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        ("tests/stack/test_a.py", "tests/stack/test_b.py", True),
        ("tests/embedded/test_a.py", "tests/browser/test_b.py", True),
        ("tests/embedded/test_a.py", "tests/faults/test_b.py", True),
        ("tests/stack/upgraded/test_a.py", "tests/stack/upgraded/test_b.py", True),
        ("tests/kubernetes/test_a.py", "tests/kubernetes/test_b.py", True),
        ("tests/stack/test_a.py", "tests/embedded/test_a.py", False),
        ("tests/stack/test_a.py", "tests/stack/secured/test_a.py", False),
        ("tests/embedded/up/test_install.py", "tests/embedded/up/test_documents.py", False),
        ("tests/some_folder/test_a.py", "tests/some_folder/test_b.py", True),
        ("tests/test_a.py", "tests/test_b.py", False),
        ("packages/engine/tests/test_a.py", "packages/engine/tests/test_b.py", False),
    ],
)
def test_tests_that_share_a_server_are_one_lane(one: str, other: str, *, is_shared: bool) -> None:
    """Another process would start the server or the stack again."""
    assert (get_lane(ROOT / one) == get_lane(ROOT / other)) is is_shared


def test_scheduler_splits_by_lanes() -> None:
    """A process of xdist gets a whole lane, for any test parameters."""
    scheduler = Lanes.__new__(Lanes)
    one = scheduler._split_scope("tests/stack/test_a.py::test_x[a::b@c]")
    assert one == scheduler._split_scope("tests/stack/test_b.py::test_y")
    assert one != scheduler._split_scope("tests/embedded/test_a.py::test_x")


@pytest.mark.parametrize("path", [*LONG, *GUESTS])
def test_lanes_are_on_the_disk(path: str) -> None:
    """A lane of a path that has moved would be empty."""
    assert (ROOT / path).exists()


def test_long_lanes_start_first() -> None:
    """A long lane that starts last would run alone."""
    files = ["cli/tests/test_a.py", "tests/embedded/test_a.py", "tests/stack/test_a.py"]

    assert sorted(files, key=lambda file: get_rank(ROOT / file)) == files[::-1]


def test_a_lane_takes_its_servers_with_it(tmp_path: Path) -> None:
    """Session fixtures would run, and cost, until the last test of all lanes."""
    files = {"conftest": CONFTEST, "test_first": FIRST, "test_second": SECOND}
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text)

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    result = subprocess.run(
        [*command, "--override-ini", f"pythonpath={ROOT}", "test_first.py", "test_second.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip

    assert result.returncode == 0, result.stdout + result.stderr
    assert "4 passed" in result.stdout
