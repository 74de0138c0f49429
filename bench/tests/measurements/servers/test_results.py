"""Rounds that other work on the machine spoiled."""

from bench.load.figures import Figures
from bench.load.rounds import Rounds, get_rate
from bench.measurements.servers.contestants import FLOOR, PREDICT
from bench.measurements.servers.results import Results
from bench.measurements.servers.rounds import REFERENCE, drop_noisy_rounds


def create_figures(per_s: int, p99_ms: float = 1.0) -> Figures:
    return Figures(per_s, failed=0, seconds=1.0, p50_ms=0.5, p99_ms=p99_ms, p999_ms=3.0)


def create_rounds(floor_p99_ms: list[float]) -> Rounds:
    """The rate is that of the round's number, from 1; Baton reaches half of it."""
    numbers = range(1, len(floor_p99_ms) + 1)
    return Rounds(
        {
            FLOOR: [
                create_figures(2 * n, p99) for n, p99 in zip(numbers, floor_p99_ms, strict=True)
            ],
            PREDICT: [create_figures(n) for n in numbers],
        }
    )


def test_rounds_with_a_slow_floor_are_dropped_and_counted() -> None:
    """All lines of such a round, at the loads that goals compare with the floor."""
    results = Results(
        one_row={
            1: create_rounds([1.0, 3.1, 3.0]),
            REFERENCE: create_rounds([1.0, 1.0, 1.0]),
            64: create_rounds([9.0, 1.0, 1.0]),
        }
    )

    drop_noisy_rounds(results)

    assert results.dropped == {1: 1, REFERENCE: 0}
    rates = {
        count: [*map(get_rate, each.figures[PREDICT])] for count, each in results.one_row.items()
    }
    assert rates == {1: [1, 3], REFERENCE: [1, 2, 3], 64: [1, 2, 3]}


def test_if_all_rounds_are_noisy_they_stay() -> None:
    """There is nothing else to show; the count says so."""
    noisy = create_rounds([9.0, 9.0])
    results = Results(one_row={1: noisy, REFERENCE: noisy})

    drop_noisy_rounds(results)

    assert results.dropped == {1: 2, REFERENCE: 2}
    assert len(results.one_row[1].figures[PREDICT]) == 2
