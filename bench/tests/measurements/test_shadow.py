"""The tables of a canary's cost."""

from dataclasses import replace

from bench.load.figures import Figures
from bench.load.rounds import Rounds
from bench.measurements.alternating.results import AlternatingResults
from bench.measurements.shadow.benchmark import ALIASES, OFF, SHADOW
from bench.measurements.shadow.report import format_tables


def make_rounds(answered: int, p99_ms: float, pairs: int) -> list[Figures]:
    """Makes two rounds of a second each, in 0.1 s of processor time."""
    figures = Figures(answered, 0, 1.0, p50_ms=1.0, p99_ms=p99_ms, p999_ms=9.0, cpu_s=0.1)
    return [replace(figures, counted=pairs)] * 2


def test_each_process_is_compared_with_the_one_without_a_second_alias() -> None:
    """The shadow answers nine tenths as many requests, with a p99 that is twice as long."""
    rounds = {name: make_rounds(1000, 2.0, 0) for name in ALIASES}
    rounds[SHADOW] = make_rounds(900, 4.0, 500)
    text = format_tables(AlternatingResults(Rounds(rounds), Rounds(rounds), 500.0, "a machine"))
    cells = {
        name: [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines()
            if line.startswith(f"| {name} ")
        ]
        for name in (OFF, SHADOW)
    }
    expected = ["900", "0.90", "111", "1.11", "1.00", "4.00", "2.00", "500"]
    assert cells[SHADOW] == [[SHADOW, *expected]] * 2
    assert cells[OFF][0][2] == "1.00"
    assert "| requests/s with a shadow         | ≥ 0.85 times | 0.90 times | yes |" in text
    assert "| p99 at half load with a shadow   | ≤ 1.25 times | 2.00 times |  no |" in text
