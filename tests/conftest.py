"""A real tracking server and two trained versions, shared by the tests of the whole product."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from baton_engine.settings import decline_telemetry
from baton_registry import ModelVersion
from tests.support.documents.reliability import RecordRow, write_page
from tests.support.rig.desk import Desk, register
from tests.support.rig.inference import Inference
from tests.support.rig.process import find_free_port
from tests.support.rig.tracking_server import TrackingServer
from tests.support.suite.lanes import Lanes, get_rank

decline_telemetry()  # for the servers and clients that the tests start themselves

_numbers = itertools.count(1)
_rows = pytest.StashKey[dict[str, tuple[str, ...]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option that writes the page of the faults."""
    parser.addoption(
        "--write-reliability",
        action="store_true",
        help="write the results of the fault tests to docs/reliability.md",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sorts the longest lanes first in a worker of pytest-xdist."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: get_rank(item.path))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Runs each lane in one process; xdist 3.8's own groups have no effect with pytest 9.2."""
    return Lanes(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Writes the page if the option is set."""
    if session.config.getoption("--write-reliability"):
        rows = session.config.stash.setdefault(_rows, {})
        write_page(rows)


@pytest.fixture
def record_row(request: pytest.FixtureRequest) -> RecordRow:
    """Records the result of a fault test for docs/reliability.md."""
    [fault] = [mark.args[0] for mark in request.node.iter_markers("fault")]

    def record(callers: str, state: str, recovered_s: float) -> None:
        rows = request.config.stash.setdefault(_rows, {})
        rows[fault] = (callers, state, f"{recovered_s:.1f} s")

    return record


@pytest.fixture(scope="session")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrackingServer]:
    """A tracking server for tests that do not stop it."""
    server = TrackingServer(tmp_path_factory.mktemp("tracking"))
    server.start()
    yield server
    server.stop(limit_s=30)


@pytest.fixture(scope="session")
def trained_versions(
    tracking: TrackingServer, tmp_path_factory: pytest.TempPathFactory
) -> list[ModelVersion]:
    """Two versions with different answers; `register` adds them to other models."""
    desk = Desk(tracking.uri, "trained_once", tmp_path_factory.mktemp("trained"))
    numbers = [desk.train(), desk.train("--param", "C=0.001")]
    with desk.registry as registry:
        return [registry.get_version(desk.model, number) for number in numbers]


@pytest.fixture
def desk(tracking: TrackingServer, tmp_path: Path) -> Desk:
    """A desk with its own model, without versions."""
    return Desk(tracking.uri, f"model_{next(_numbers)}", tmp_path)


@pytest.fixture
def stocked_desk(desk: Desk, trained_versions: list[ModelVersion]) -> Desk:
    """A desk whose model has the two trained versions, not promoted."""
    assert [register(desk, version) for version in trained_versions] == ["1", "2"]
    return desk


@pytest.fixture(scope="session")
def shared_inference(
    tracking: TrackingServer,
    trained_versions: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Inference]:
    """An inference process for tests that change nothing."""
    desk = Desk(tracking.uri, "shared_model", tmp_path_factory.mktemp("shared"))
    register(desk, trained_versions[0])
    desk.baton("promote", "1")
    with desk.serve(BATON_GRPC_PORT=str(find_free_port())) as inference:
        inference.wait_until_serving("1")
        yield inference


@pytest.fixture(scope="session")
def telco_csv() -> Path:
    """The real table."""
    path = os.environ.get("BATON_TEST_TELCO_CSV")
    if not path:
        if os.environ.get("CI") == "true":
            pytest.fail("BATON_TEST_TELCO_CSV is not set; .ci/run sets it")
        pytest.skip("BATON_TEST_TELCO_CSV does not name the real Telco table")
    return Path(path)
