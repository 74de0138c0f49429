"""The tables of the servers, from invented figures."""

from bench.load.figures import Figures
from bench.load.rounds import Rounds
from bench.machine.memory import Memory
from bench.measurements.servers.contestants import (
    FLOOR,
    INSTANCES,
    INVOCATIONS,
    MLFLOW,
    PREDICT,
    SPLIT,
)
from bench.measurements.servers.report import format_summary, format_tables, list_goals
from bench.measurements.servers.results import Results, Start
from bench.measurements.servers.starts import FROM_CACHE

PER_S = {FLOOR: 10_000, PREDICT: 6_000, INVOCATIONS: 5_000, MLFLOW: 50}


def create_figures(per_s: int, p50_ms: float = 1.0) -> Figures:
    return Figures(per_s, failed=0, seconds=1.0, p50_ms=p50_ms, p99_ms=2.0, p999_ms=3.0, cpu_s=0.3)


def create_rounds(per_s: dict[str, int]) -> Rounds:
    return Rounds({name: [create_figures(rate)] for name, rate in per_s.items()})


def create_results(*, peers: bool) -> Results:
    rates = {name: rate for name, rate in PER_S.items() if peers or name != MLFLOW}
    many = {f"{INVOCATIONS}, {SPLIT}": 300, f"{INVOCATIONS}, {INSTANCES}": 200}
    if peers:
        many |= {f"{MLFLOW}, {SPLIT}": 30, f"{MLFLOW}, {INSTANCES}": 20}
    memory = Memory(100.0, 80.0)
    return Results(
        one_row={connections: create_rounds(rates) for connections in (1, 16)},
        many_rows=create_rounds(many),
        offered={name: rate / 2 for name, rate in rates.items()},
        half_load=create_rounds(rates),
        starts={"Baton": Start(0.7, memory, memory), FROM_CACHE: Start(0.7, memory)},
        machine="a machine",
    )


def test_goals_compare_with_the_floor_and_with_mlflow() -> None:
    """Each goal is the ratio of the two lines in its name."""
    reached = [goal.reached for goal in list_goals(create_results(peers=True))]

    assert reached == [0.6, 1.0, 1.0, 1.0, 120.0, 100.0, 10.0, 10.0, 0.7, 100.0]


def test_without_peers_their_goals_are_left_out() -> None:
    """Ratios to a missing peer are dashes."""
    results = create_results(peers=False)

    assert len(list_goals(results)) == 6
    assert "| Baton |" in format_summary(results)
    assert MLFLOW not in format_tables(results)


def test_tables_name_the_machine() -> None:
    assert format_tables(create_results(peers=True)).endswith("Machine: a machine.")


def test_processor_time_is_in_the_tables() -> None:
    """0.3 s for 6,000 requests are 50 µs."""
    for text in (
        format_summary(create_results(peers=True)),
        format_tables(create_results(peers=True)),
    ):
        line = next(line for line in text.splitlines() if "6,000" in line)
        assert "50.0" in line
