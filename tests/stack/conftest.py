"""One stack for the tests beside this file; its first start trains and promotes version 1."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.stack.containers import ROOT, Stack
from tests.support.stack.docker import require_docker

HERE = Path(__file__).parent
LIMIT_S = 900
"""Time limit of a test; the first test builds the images and starts the stack."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test here: it needs Docker and time."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every image, built from this tree."""
    require_docker()
    build = ["docker", "compose", "--profile", "*", "build"]
    with (tmp_path_factory.getbasetemp().parent / "images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of pytest-xdist may build already
        result = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-3000:]


@pytest.fixture(scope="session")
def stack(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running stack; the fixture removes it with its data."""
    data = tmp_path_factory.mktemp("data")
    data.chmod(0o755)  # the trainer's user reads it
    stack = Stack(f"baton-test-{os.getpid()}", data)
    with set_environment(stack):  # testcontainers passes it to `docker compose`
        stack.compose.start()
    yield stack
    stack.http.close()
    with set_environment(stack):
        stack.compose.stop()


@pytest.fixture(autouse=True)
def environment_of_the_stack(request: pytest.FixtureRequest) -> Iterator[None]:
    """Commands of a test reach its stack. Other tests of this process do not see its ports."""
    if "stack" not in request.fixturenames:
        yield
        return
    with set_environment(request.getfixturevalue("stack")):
        yield


@contextmanager
def set_environment(stack: Stack) -> Iterator[None]:
    """Sets the stack's variables until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in stack.env.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def versions(stack: Stack) -> list[str]:
    """Every version, at least two with different answers; version 1 is in production."""
    return stack.ensure_two_versions()
