"""A real tracking server and two trained versions, shared by the tests of the whole product."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from baton_engine.settings import decline_telemetry
from baton_registry.versions.model_version import ModelVersion
from tests.support.documents.kubernetes import EVENTS
from tests.support.documents.marked_table import MarkedTable, StoreCells
from tests.support.documents.reliability import FAULTS, RecordRow
from tests.support.rig.desk import Desk, register
from tests.support.rig.inference import Inference
from tests.support.rig.process import find_free_port
from tests.support.rig.tracking_server import TrackingServer
from tests.support.suite.lanes import Lanes, end_lane, get_rank

decline_telemetry()  # for the servers and clients that the tests start themselves

_numbers = itertools.count(1)
WRITTEN = {"--write-reliability": FAULTS, "--write-events": EVENTS}
"""The options, and the table that each writes."""
_rows = pytest.StashKey[dict[MarkedTable, dict[str, tuple[str, ...]]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options that write the measured tables."""
    for option, table in WRITTEN.items():
        text = f"write the results of the tests with the mark {table.mark} to docs/{table.page}"
        parser.addoption(option, action="store_true", help=text)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sorts the longest lanes first in a worker of pytest-xdist."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: get_rank(item.path))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Ends the servers of a lane with it, in a worker of pytest-xdist: it runs lane by lane."""
    if hasattr(item.config, "workerinput"):
        end_lane(item, nextitem)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Runs each lane in one process; xdist 3.8's own groups have no effect with pytest 9.2."""
    return Lanes(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Writes the tables whose options are set."""
    for option, table in WRITTEN.items():
        if session.config.getoption(option):
            table.write(session.config.stash.setdefault(_rows, {}).get(table, {}))


@pytest.fixture
def store_cells(request: pytest.FixtureRequest) -> StoreCells:
    """Stores the cells of the running test's row in a table, whose option writes it."""

    def store(table: MarkedTable, *cells: str) -> str:
        [name] = [str(mark.args[0]) for mark in request.node.iter_markers(table.mark)]
        request.config.stash.setdefault(_rows, {}).setdefault(table, {})[name] = cells
        return name

    return store


@pytest.fixture
def record_row(store_cells: StoreCells) -> RecordRow:
    """Records the result of a fault test for docs/reliability.md."""

    def record(callers: str, state: str, recovered_s: float) -> None:
        store_cells(FAULTS, callers, state, f"{recovered_s:.1f} s")

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
    log = str(desk.folder / "predictions")
    port = str(find_free_port())
    # It serves until the last test, and must not cost the others a poll five times a second.
    pace = {"BATON_POLL_INTERVAL_S": "60"}
    with desk.serve(BATON_GRPC_PORT=port, BATON_PREDICTIONS_DIR=log, **pace) as inference:
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
