"""One cluster, one release and one load for all tests of this folder, which run in their order."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.documents.kubernetes import EVENTS
from tests.support.documents.marked_table import StoreCells
from tests.support.kubernetes.cluster import Cluster, check_machine
from tests.support.kubernetes.commands import ROOT, ClusterError
from tests.support.kubernetes.layout import Layout
from tests.support.kubernetes.programs import find_programs, print_report
from tests.support.kubernetes.release.installation import IMAGES, Installation, install, uninstall
from tests.support.kubernetes.release.observation import Load, Observation
from tests.support.kubernetes.release.relay import relay
from tests.support.kubernetes.release.release import MODEL, NAME, TRACKING_PORT
from tests.support.kubernetes.release.stage import Stage
from tests.support.rig.callers import draw_customers
from tests.support.rig.desk import Desk
from tests.support.rig.process import LOCAL
from tests.support.rig.rollouts import Material
from tests.support.stack.docker import require_docker

HERE = Path(__file__).parent
LIMIT_S = 1800
"""Time limit of a test: the first one may compile Kubernetes, and builds the images."""
CUSTOMERS = 20_000
CLUSTER_VARIABLE = "BATON_TEST_CLUSTER"
"""Names a cluster that is up, with the images: `scripts/cluster up`. The tests leave it there."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives every test here the time that a first run needs."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster of two nodes with the images of this tree."""
    require_docker()
    try:
        check_machine()
    except ClusterError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
    with show_output(request.config):
        programs = find_programs()
    if shared := os.environ.get(CLUSTER_VARIABLE):
        yield Cluster(Layout(shared), programs)
        return
    build = [
        "docker",
        "compose",
        "--profile",
        "*",
        "build",
        "inference",
        "trainer",
        "tracking",
        "proxy",
    ]
    result = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-3000:]
    running = Cluster(Layout("baton-test"), programs)
    running.down()  # of a test run that was killed
    try:
        running.up(IMAGES)
        yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def installation(cluster: Cluster) -> Iterator[Installation]:
    """The chart, installed with its trial tracking server; version 1 serves."""
    installed = install(cluster)
    yield installed
    if CLUSTER_VARIABLE in os.environ:
        uninstall(cluster)


@pytest.fixture(scope="session")
def desk(
    cluster: Cluster, installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A desk on this machine, connected to the tracking server in the cluster."""
    address = installation.release.find_address(f"{NAME}-tracking")
    namespace = cluster.layout.nodes[0].namespace
    with relay(namespace, address, TRACKING_PORT) as port:
        yield Desk(f"http://{LOCAL}:{port}", MODEL, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="session")
def material(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Version 1, of which other versions are made."""
    with desk.registry as registry:
        original = registry.get_version(MODEL, "1")
    return Material.fetch(desk, original, tmp_path_factory.mktemp("material"))


@pytest.fixture(scope="session")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Requests with one customer each, a line each."""
    file = tmp_path_factory.mktemp("load") / "bodies.jsonl"
    lines = [json.dumps({"instances": [customer]}) for customer in draw_customers(CUSTOMERS)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def load(installation: Installation, bodies: Path) -> Iterator[Load]:
    """The load on the Service, through all tests."""
    release = installation.release
    address = release.find_address(f"{NAME}-inference")
    with Load(
        release.caller_namespace, address, 80, bodies, bodies.parent / "service.log"
    ) as running:
        yield running


@pytest.fixture
def stage(
    request: pytest.FixtureRequest,
    installation: Installation,
    load: Load,
    store_cells: StoreCells,
) -> Stage:
    """The release under load. What callers see is printed, and is a row of docs/kubernetes.md."""

    def record(seen: Observation, took_s: float) -> None:
        cells = seen.format_cells(took_s)
        name = store_cells(EVENTS, *cells)
        with show_output(request.config):
            print_report(" | ".join([name, *cells]))
            if seen.failures:
                print_report(seen.describe_failures())

    return Stage(installation.release, load, record)


def show_output(config: pytest.Config) -> AbstractContextManager[None]:
    """Returns the context in which pytest captures nothing."""
    capture = config.pluginmanager.getplugin("capturemanager")
    shown: AbstractContextManager[None] = capture.global_and_fixture_disabled()
    return shown
