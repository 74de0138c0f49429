"""The table of several processes."""

from bench.load.figures import Figures
from bench.measurements.cores import CoresResults, format_tables


def test_processes_of_a_round_are_summed() -> None:
    """Two processes answer 300 and 100 a second in 40 ms of processor time: 100 µs a request."""
    one = Figures(200, failed=0, seconds=1.0, p50_ms=1.0, p99_ms=2.0, p999_ms=3.0, cpu_s=0.04)
    two = [
        Figures(300, failed=1, seconds=1.0, p50_ms=1.0, p99_ms=2.5, p999_ms=3.0, cpu_s=0.03),
        Figures(100, failed=0, seconds=1.0, p50_ms=1.0, p99_ms=7.5, p999_ms=9.0, cpu_s=0.01),
    ]
    text = format_tables(CoresResults({1: [[one]], 2: [two]}, "a machine"))
    line = next(line for line in text.splitlines() if line.startswith("| 2 "))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells == ["2", "400", "2.00", "100", "0.50", "7.50", "1"]
