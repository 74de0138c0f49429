"""The comparison of two outputs, and the table."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.measurements.dask_scoring import (
    DaskResults,
    Scoring,
    count_wrong_rows,
    format_tables,
)


@pytest.mark.parametrize(
    ("rows", "labels", "wrong"),
    [
        ([2, 0, 1], "cab", 0),
        ([0, 1], "ab", 1),
        ([0, 1, 2, 2], "abcc", 1),
        ([0, 1, 1], "abb", 2),
        ([0, 1, 2], "abd", 1),
    ],
)
def test_lost_doubled_and_different_rows_are_counted(
    tmp_path: Path, rows: list[int], labels: str, wrong: int
) -> None:
    """Their order does not matter."""
    for name, ids, values in (("alone", [0, 1, 2], "abc"), ("output", rows, labels)):
        table = pa.table({"row": ids, "label": [*values], "probability_Yes": [0.5] * len(ids)})
        pq.write_table(table, tmp_path / name)
    assert count_wrong_rows(tmp_path / "alone", tmp_path / "output") == wrong


def test_goals_count_both_runs() -> None:
    """A wrong row misses the goal."""
    results = DaskResults(
        1_000_000, 10, Scoring(8.0, 130), Scoring(4.0, 300), Scoring(5.0, 310, 1), "a machine"
    )
    text = format_tables(results)
    assert "1,000,000 rows of 21 columns" in text
    assert "| 2 workers, 10 files " in text
    assert text.count("| yes |") == 2
    assert "≤ 0 rows" in text
