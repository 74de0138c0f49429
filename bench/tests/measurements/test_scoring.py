"""The table of bulk scoring."""

from bench.measurements.scoring import ScoringResults, format_tables


def test_share_is_the_median_within_rounds() -> None:
    """CSV takes 2.5 times as long as Parquet in most rounds, which misses the goal."""
    cpu_s = {"csv": [0.25, 5.0, 0.1], "parquet": [0.1, 2.0, 0.9]}
    results = ScoringResults(1000, cpu_s, {"csv": 105.0, "parquet": 100.0}, "a machine")
    text = format_tables(results)
    assert "1,000 rows of 20 columns" in text
    assert "| CSV     |              4,000 |          250 |        0.40 |     105 |" in text
    assert text.count("|  no |") == 1
    assert text.endswith("Machine: a machine; medians of 3 rounds.")
