"""Proxies between inference and a real tracking server that inject faults."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from baton_registry.versions.model_version import ModelVersion
from tests.support.faults.long_faults import SCENARIOS, Row
from tests.support.faults.proxy import FaultyProxy, run_proxy
from tests.support.faults.toxiproxy import Link, Toxiproxy
from tests.support.rig.desk import Desk, move_alias, register
from tests.support.rig.tracking_server import TrackingServer
from tests.support.stack.docker import build_program

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def toxiproxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toxiproxy]:
    """Toxiproxy, built once by its Dockerfile."""
    folder = tmp_path_factory.mktemp("toxiproxy")
    build_program(HERE, folder)
    with Toxiproxy(folder / "toxiproxy", folder / "toxiproxy.log") as running:
        yield running


@pytest.fixture
def link(toxiproxy: Toxiproxy, tracking: TrackingServer) -> Link:
    """A TCP connection to the tracking server."""
    return toxiproxy.create_link(tracking.port)


@pytest.fixture
def proxy(tracking: TrackingServer) -> Iterator[FaultyProxy]:
    """An HTTP proxy before the tracking server."""
    with run_proxy(tracking.uri) as running:
        yield running


@pytest.fixture
def production_desk(stocked_desk: Desk) -> Desk:
    """A desk with version 1 in production, and version 2."""
    move_alias(stocked_desk, "1")
    return stocked_desk


@pytest.fixture(scope="session", autouse=True)
def running_faults(
    request: pytest.FixtureRequest,
    tracking: TrackingServer,
    trained_versions: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[str, Future[Row]]]:
    """The faults that take a minute: they start with the first test and run beside the others."""
    with ThreadPoolExecutor() as pool:
        running = {}
        if any(item.path == HERE / "test_long_faults.py" for item in request.session.items):
            for name, scenario in SCENARIOS.items():
                desk = Desk(tracking.uri, name, tmp_path_factory.mktemp(name))
                for version in trained_versions:
                    register(desk, version)
                move_alias(desk, "1")
                running[name] = pool.submit(scenario, desk)
        yield running
