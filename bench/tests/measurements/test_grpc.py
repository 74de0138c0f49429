"""The table of V2 over gRPC."""

from bench.load.figures import Figures
from bench.measurements.grpc import GRPC, HTTP, GrpcResults, format_tables


def test_table_has_a_line_for_each_way_and_number_of_connections() -> None:
    """200 answers in 0.04 s of processor time are 200 µs each."""
    figures = Figures(200, failed=1, seconds=0.5, p50_ms=1.0, p99_ms=2.0, p999_ms=3.0, cpu_s=0.04)
    text = format_tables(
        GrpcResults({(HTTP, 1): [figures], (GRPC, 16): [figures] * 3}, "a machine")
    )
    lines = [line for line in text.splitlines() if line.startswith("| V2")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells == [
        [HTTP, "1", "400", "200", "1.00", "2.00", "1"],
        [GRPC, "16", "400", "200", "1.00", "2.00", "3"],
    ]
