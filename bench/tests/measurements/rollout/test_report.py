"""The tables of a small run."""

from bench.measurements.rollout import benchmark, report
from bench.measurements.rollout.benchmark import Size


def test_tables_show_every_simulation() -> None:
    """And the goals, each with its verdict."""
    results = benchmark.run(Size(boundary=20, pairs=320, harmful=10, hours=2, whole=1, processes=1))
    text = report.format_tables(results)

    for part in ("False aborts", "Delay", "2 hours", "other rules", "Whole rollouts: 1", "Goals"):
        assert part in text
    for row in ("| failures ", "| fails on 1 % ", "| scores + 0.1 ", "| at every limit"):
        assert row in text
    assert len(report.list_goals(results)) == 5 + len(results.delays) + 4
