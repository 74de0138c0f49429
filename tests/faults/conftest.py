"""What stands between inference and a real tracking server, and can be made to fail."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from baton_registry import ModelVersion
from tests.support.faults.front import Front, running_front
from tests.support.faults.patience import SCENARIOS, Row
from tests.support.faults.toxiproxy import Link, Toxiproxy
from tests.support.rig.desk import Desk, move_alias, register
from tests.support.rig.tracking_server import TrackingServer
from tests.support.stack.docker import need_engine

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def toxiproxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toxiproxy]:
    """The program, built once by its Dockerfile."""
    need_engine()
    folder = tmp_path_factory.mktemp("toxiproxy")
    build = ["docker", "build", "--output", str(folder), str(HERE)]
    env = {**os.environ, "DOCKER_BUILDKIT": "1"}
    done = subprocess.run(build, env=env, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    with Toxiproxy(folder / "toxiproxy", folder / "toxiproxy.log") as running:
        yield running


@pytest.fixture
def link(toxiproxy: Toxiproxy, tracking: TrackingServer) -> Link:
    """A connection to the tracking server."""
    return toxiproxy.link(tracking.port)


@pytest.fixture
def front(tracking: TrackingServer) -> Iterator[Front]:
    """An HTTP proxy before the tracking server."""
    with running_front(tracking.uri) as running:
        yield running


@pytest.fixture
def producing(stocked: Desk) -> Desk:
    """A desk with version 1 in production, and version 2 beside it."""
    move_alias(stocked, "1")
    return stocked


@pytest.fixture(scope="session", autouse=True)
def begun(
    request: pytest.FixtureRequest,
    tracking: TrackingServer,
    trained: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[str, Future[Row]]]:
    """The faults that take a minute: begun with the first test here, they run beside the others."""
    with ThreadPoolExecutor() as pool:
        running = {}
        if any(item.path == HERE / "test_patience.py" for item in request.session.items):
            for name, scenario in SCENARIOS.items():
                desk = Desk(tracking.uri, name, tmp_path_factory.mktemp(name))
                for version in trained:
                    register(desk, version)
                move_alias(desk, "1")
                running[name] = pool.submit(scenario, desk)
        yield running
