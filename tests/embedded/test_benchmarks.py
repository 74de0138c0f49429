"""The benchmarks run for seconds: Baton and the echoes, on the shared tracking server."""

import asyncio
from collections.abc import Iterator

import pytest

from baton_cli.embedded.home import Home
from baton_cli.processes.child import Lifeline
from baton_registry.versions.model_version import ModelVersion
from bench.load.rounds import Scale
from bench.measurements import dask_scoring, steps
from bench.measurements.live_rollouts import benchmark as live_rollouts
from bench.measurements.live_rollouts import report as live_report
from bench.measurements.live_rollouts.courses import Course
from bench.measurements.predictions import benchmark as predictions
from bench.measurements.predictions import report as predictions_report
from bench.measurements.servers import benchmark as servers
from bench.measurements.servers import report
from bench.measurements.servers.contestants import BATON
from bench.measurements.servers.rounds import REFERENCE, ServerScale
from bench.measurements.swaps import benchmark as swaps
from bench.measurements.swaps import report as swap_report
from bench.testbed import testbed as testbeds
from bench.testbed.bodies import Bodies
from tests.support.rig.desk import Desk, register
from tests.support.rig.tracking_server import TrackingServer
from tests.support.suite.wrk import need_wrk

SERVERS = ServerScale(rounds=1, seconds=0.5, connections=(1, REFERENCE), warm_up=False)
ROLLOUTS = live_rollouts.RolloutPlan(
    (Course.ROLLED_BACK, Course.FAILING, Course.ABORTED), per_phase=2, rows=4_000, capacity_s=1.0
)
SWAPS = swaps.SwapPlan(phases=1, per_phase=4, capacity_s=1.0)


@pytest.fixture(scope="module")
def testbed(
    tracking: TrackingServer,
    trained_versions: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[testbeds.Testbed]:
    """A testbed with the two trained versions; version 1 is in production."""
    folder = tmp_path_factory.mktemp("benchmarks")
    desk = Desk(tracking.uri, testbeds.MODEL, folder)
    assert [register(desk, version) for version in trained_versions] == ["1", "2"]
    with desk.registry as registry:
        registry.set_alias(testbeds.MODEL, testbeds.ALIAS, "1")
    home = Home(folder / "home")
    home.logs.mkdir(parents=True)
    with Lifeline() as lifeline:
        yield testbeds.Testbed(home, tracking.uri, Bodies(folder / "bodies"), lifeline)


def test_servers_are_measured(testbed: testbeds.Testbed) -> None:
    """No request fails, and every goal of Baton and the echoes has a figure."""
    need_wrk()

    results = asyncio.run(servers.run(testbed, BATON, SERVERS))

    assert results.missing == []
    measured = (*results.one_row.values(), results.many_rows, results.half_load)
    medians = [each for rounds in measured for each in rounds.compute_medians().values()]
    assert [each.failed for each in medians] == [0] * len(medians)
    assert all(each.cpu_us for each in results.one_row[REFERENCE].compute_medians().values())
    assert len(report.list_goals(results)) == 6
    assert "Start and memory" in report.format_tables(results)
    assert report.format_summary(results).count("\n") == 4


def test_swaps_are_measured(testbed: testbeds.Testbed) -> None:
    """No request fails, and every swap is detected and counted."""
    need_wrk()

    results = asyncio.run(swaps.measure(testbed, SWAPS))

    assert (results.counted, len(results.swap_s)) == (4, 4)
    assert [each.failed for each in (*results.swapping.figures, *results.calm.figures)] == [0, 0]
    assert results.swapping.mixed == 0
    assert "during swaps" in swap_report.format_tables(results)


def test_live_rollouts_are_measured(testbed: testbeds.Testbed) -> None:
    """Versions come and go; no request fails, and no answer mixes two of them."""
    need_wrk()

    results = asyncio.run(live_rollouts.run(testbed, ROLLOUTS))

    assert {course: len(seconds) for course, seconds in results.courses.items()} == dict.fromkeys(
        ROLLOUTS.courses, 1
    )
    assert (results.failed, results.mixed) == (0, 0)
    assert results.aliases["canary"] > 100
    assert sorted(results.memory) == [0, 2, 3]
    assert "| aborted by hand in the middle " in live_report.format_tables(results)


def test_the_prediction_log_is_measured(testbed: testbeds.Testbed) -> None:
    """No request fails, and no row of a log is lost."""
    need_wrk()

    results = asyncio.run(predictions.run(testbed, Scale(rounds=1, seconds=1)))

    assert results.failed == 0
    assert [each.lost for each in results.rows.values()] == [0, 0]
    assert all(each.in_files > 100 for each in results.rows.values())
    assert "p99 at half load, 100 rows/s" in predictions_report.format_tables(results)


def test_scoring_on_dask_is_measured(testbed: testbeds.Testbed) -> None:
    """A worker is killed in the middle, and no row is lost, doubled or different."""
    results = asyncio.run(dask_scoring.run(testbed, dask_scoring.QUICK_ROWS, files=20))

    assert (results.workers.wrong_rows, results.killed.wrong_rows) == (0, 0)
    assert 0 < results.workers.peak_mb < dask_scoring.MEMORY_GOAL_MB
    assert "speed-up by two workers" in dask_scoring.format_tables(results)


def test_steps_are_measured(testbed: testbeds.Testbed) -> None:
    """Each step, a lone request and several together take some time."""
    lines = asyncio.run(steps.run(testbed)).splitlines()[2:]

    cells = [line.strip("| ").split("|") for line in lines]
    assert len(cells) == 10
    assert all(float(us) > 0 for _, us in cells)
