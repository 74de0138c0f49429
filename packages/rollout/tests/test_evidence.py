"""The evidence is a fair game: its expected value is 1 on the boundary, and at most 1 below it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from math import exp, floor, fsum, log, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_rollout.evidence import average_evidence, log_evidence
from baton_rollout.signals import GRID, round_randomly

Shares = Mapping[float, float]
"""The probability of each value."""

LONGEST = 8
BOUNDARIES: dict[str, tuple[Shares, float]] = {
    "failures": ({0.0: 0.999, 1.0: 0.001}, 0.0),
    "slower": ({0.0: 0.5, 1.0: 0.5}, 0.0),
    "other_label": ({0.0: 0.9, 1.0: 0.1}, 0.0),
    "score": ({-0.4: 0.25, 0.0: 0.25, 0.3: 0.5}, -1.0),
    "the least value alone moves the mean": ({-1.0: 0.02, 0.05: 0.98}, -1.0),
}


def compute_mean(shares: Shares) -> float:
    """Computes the mean of a distribution."""
    return fsum(value * share for value, share in shares.items())


def list_sequences(shares: Shares, length: int) -> Iterator[tuple[float, Counter[float]]]:
    """Lists the probability and the counts of each sequence of this length."""
    for values in product(shares, repeat=length):
        yield prod(shares[value] for value in values), Counter(values)


def expect_evidence(shares: Shares, tolerance: float, least: float, length: int) -> float:
    """Computes the expected evidence over all sequences of this length."""
    return fsum(
        chance * exp(log_evidence(counts, tolerance, least))
        for chance, counts in list_sequences(shares, length)
    )


@pytest.mark.parametrize("length", range(LONGEST + 1))
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_expected_evidence_on_the_boundary_is_one(boundary: str, length: int) -> None:
    """Over all sequences, exactly: this is the whole guarantee."""
    shares, least = BOUNDARIES[boundary]

    expected = expect_evidence(shares, compute_mean(shares), least, length)

    assert expected == pytest.approx(1, abs=1e-12)


@st.composite
def draw_distribution(draw: st.DrawFn) -> tuple[Shares, float]:
    """Draws a distribution of two or three values in [-1, 1], and the least value possible."""
    values = draw(st.lists(st.floats(-1, 1), min_size=2, max_size=3, unique=True))
    weights = draw(st.lists(st.integers(1, 1000), min_size=len(values), max_size=len(values)))
    shares = {value: weight / sum(weights) for value, weight in zip(values, weights, strict=True)}
    return shares, draw(st.floats(-1.5, min(values)))


@given(draw_distribution(), st.floats(0, 2), st.integers(1, 4))
def test_expected_evidence_below_the_boundary_is_at_most_one(
    drawn: tuple[Shares, float], slack: float, length: int
) -> None:
    """Whatever the distribution: its mean is the tolerance, or less."""
    shares, least = drawn
    tolerance = compute_mean(shares) + slack
    if tolerance - least < 1e-4:
        return

    assert expect_evidence(shares, tolerance, least, length) <= 1 + 1e-9


@given(draw_distribution(), st.floats(0, 0.5), st.integers(1, 3))
def test_differences_that_were_rounded_to_the_grid_keep_the_guarantee(
    drawn: tuple[Shares, float], slack: float, length: int
) -> None:
    """The mean of a rounded difference is the difference, so the boundary stays where it is."""
    shares, _ = drawn
    tolerance = compute_mean(shares) + slack
    if tolerance < -1 + 1e-3:
        return
    rounded: dict[float, float] = {}
    for value, share in shares.items():
        for neighbour, chance in list_neighbours(value).items():
            rounded[neighbour] = rounded.get(neighbour, 0.0) + share * chance

    assert compute_mean(rounded) == pytest.approx(compute_mean(shares), abs=1e-12)
    assert expect_evidence(rounded, tolerance, -1.0, length) <= 1 + 1e-9


def list_neighbours(value: float) -> dict[float, float]:
    """Lists the results of `round_randomly` with their probabilities, over all lots.

    The lot that separates the two neighbours is found by bisection, so nothing of its arithmetic
    is repeated here.
    """
    first = round_randomly(value, 0.0)
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        same = middle < 1 and round_randomly(value, middle) == first
        low, high = (middle, high) if same else (low, middle)
    last = round_randomly(value, 1 - 2**-53)
    return {GRID[first]: 1.0} if first == last else {GRID[first]: low, GRID[last]: 1 - low}


def test_one_failure_at_once_is_evidence_of_159_to_1() -> None:
    """Where 0.1 % are allowed: `LEAST_PAIRS` keeps that from aborting anything."""
    assert exp(log_evidence({0.0: 0, 1.0: 1}, 0.001, 0.0)) == pytest.approx(159, abs=1)
    assert exp(log_evidence({0.0: 1_000, 1.0: 1}, 0.001, 0.0)) < 1


def test_no_values_are_no_evidence() -> None:
    """Odds of 1 : 1; counts of 0 are no values."""
    assert log_evidence({}, 0.1, 0.0) == 0
    assert log_evidence({0.0: 0, 1.0: 0}, 0.1, 0.0) == 0


def test_evidence_is_finite_for_many_values() -> None:
    """Of a billion pairs, logarithms neither overflow nor vanish."""
    assert log_evidence({1.0: 10**9}, 0.1, 0.0) == pytest.approx(10**9 * log(9.1), rel=1e-6)
    assert log_evidence({0.0: 10**9}, 0.1, 0.0) == pytest.approx(-(10**9) * 2**-11, rel=0.01)


@pytest.mark.parametrize(
    ("counts", "tolerance", "least"),
    [
        ({0.0: 1}, 0.0, 0.0),
        ({0.0: 1}, -0.1, 0.0),
        ({-0.1: 1}, 0.5, 0.0),
        ({0.0: 1}, float("nan"), 0.0),
    ],
)
def test_a_tolerance_or_value_out_of_range_is_refused(
    counts: Mapping[float, int], tolerance: float, least: float
) -> None:
    """A value below the least one would break the guarantee without a word."""
    with pytest.raises(ValueError, match="least"):
        log_evidence(counts, tolerance, least)


def test_chance_that_evidence_ever_reaches_the_odds_is_small() -> None:
    """Ville's inequality, exactly: all paths of 2,000 pairs with 10 % other labels, no simulation.

    `shares[k]` is the probability of k other labels so far without an abort.
    """
    pairs, share, odds = 2_000, 0.1, 125.0
    shares = [1.0]
    aborted = 0.0
    least_ones = 0
    for pair in range(1, pairs + 1):
        shares = [
            here * (1 - share) + before * share
            for here, before in zip([*shares, 0.0], [0.0, *shares], strict=True)
        ]
        while least_ones <= pair and (
            log_evidence({0.0: pair - least_ones, 1.0: least_ones}, share, 0.0) < log(odds)
        ):
            least_ones += 1
        aborted += fsum(shares[least_ones:])
        del shares[least_ones:]

    assert 0 < aborted <= 1 / odds


@given(st.lists(st.floats(-300, 300), min_size=1, max_size=20))
def test_average_of_evidences_is_their_mean(logarithms: list[float]) -> None:
    """Also where the logarithms differ by hundreds."""
    mean = fsum(exp(each - max(logarithms)) for each in logarithms) / len(logarithms)

    assert average_evidence(logarithms) == pytest.approx(max(logarithms) + log(mean), abs=1e-9)


@given(st.floats(-1, 1), st.floats(0, 1, exclude_max=True))
def test_rounding_gives_a_neighbour(value: float, lot: float) -> None:
    """A value on the grid stays; any other moves by less than a step."""
    result = GRID[round_randomly(value, lot)]

    assert abs(result - value) < 0.05 + 1e-12
    if floor(value * 20) == value * 20 and lot > 1e-9:
        assert result == pytest.approx(value, abs=1e-12)


def test_rounding_clips_and_refuses_what_is_not_a_number() -> None:
    """Scaled differences of a regression may be huge; NaN is a failure of the canary."""
    assert GRID[round_randomly(1e300, 0.99)] == 1
    assert GRID[round_randomly(float("-inf"), 0.99)] == -1
    with pytest.raises(ValueError, match="not a number"):
        round_randomly(float("nan"), 0.5)
