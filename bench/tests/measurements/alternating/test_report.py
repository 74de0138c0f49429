"""The tables of loads on several processes by turns."""

from bench.load.figures import Figures
from bench.load.rounds import Rounds
from bench.measurements.alternating.report import format_loads
from bench.measurements.alternating.results import AlternatingResults


def make_rounds(*answered: int) -> list[Figures]:
    """Makes rounds of two seconds each; more answers take more time."""
    return [
        Figures(each, 0, 2.0, p50_ms=1.5, p99_ms=each / 50, p999_ms=each / 10, cpu_s=0.02)
        for each in answered
    ]


def test_ratios_are_medians_within_rounds() -> None:
    """The second process answers twice as many requests in each round, on a slower machine too."""
    rounds = Rounds({"one": make_rounds(400, 100, 200), "two": make_rounds(800, 200, 400)})
    results = AlternatingResults(rounds, Rounds({"one": make_rounds(50)}), 1234.5, "a machine")
    text = format_loads(results, "one", "p99.9 ms", lambda figures: figures.p999_ms)
    assert text == (
        "### One row per request, closed loop, 16 connections\n"
        "\n"
        "|     | requests/s | vs. one | CPU µs a request | vs. one | p50 ms | p99 ms | vs. one "
        "| p99.9 ms |\n"
        "| --- | ---------: | ------: | ---------------: | ------: | -----: | -----: | ------: "
        "| -------: |\n"
        "| one |        100 |    1.00 |              100 |    1.00 |   1.50 |   4.00 |    1.00 "
        "|     20.0 |\n"
        "| two |        200 |    2.00 |             50.0 |    0.50 |   1.50 |   8.00 |    2.00 "
        "|     40.0 |\n"
        "\n"
        "### The same at half load: 256 callers who pause, 1,234/s in all\n"
        "\n"
        "|     | requests/s | vs. one | CPU µs a request | vs. one | p50 ms | p99 ms | vs. one "
        "| p99.9 ms |\n"
        "| --- | ---------: | ------: | ---------------: | ------: | -----: | -----: | ------: "
        "| -------: |\n"
        "| one |       25.0 |    1.00 |              400 |    1.00 |   1.50 |   1.00 |    1.00 "
        "|     5.00 |"
    )
