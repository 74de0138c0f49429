"""Which answered rows are logged."""

from hypothesis import given
from hypothesis import strategies as st

from baton_inference.predictions.sampler import BURST_S, MAX_REQUEST_ROWS, Sampler, hash_id
from tests.support.fakes.clock import ManualClock


def make_sampler(rows_per_s: float = 100) -> tuple[Sampler, ManualClock]:
    clock = ManualClock()
    return Sampler(rows_per_s, lambda: clock.now_s), clock


def test_everything_is_kept_below_the_rate() -> None:
    """An hour at 90 of 100 rows a second."""
    sampler, clock = make_sampler()
    for number in range(90 * 3600):
        clock.now_s += 1 / 90
        assert sampler.choose(f"id-{number}", 1) == (0, 1, 1.0)
    assert (sampler.sampled_out, sampler.over_rate) == (0, 0)


def test_the_shares_tell_how_many_rows_there_were() -> None:
    """At ten times the rate about one in ten is kept, and the sum of 1 / share is the number."""
    sampler, clock = make_sampler()
    kept, estimate, offered = 0, 0.0, 60_000
    for number in range(offered):
        clock.now_s += 1e-3
        choice = sampler.choose(f"id-{number}", 1)
        if choice is not None:
            kept += 1
            estimate += 1 / choice.share
    assert kept + sampler.sampled_out + sampler.over_rate == offered
    assert kept <= 100 * (60 + BURST_S)
    assert kept >= 100 * 55
    assert sampler.over_rate == 0
    assert abs(estimate / offered - 1) < 0.05


def test_the_rate_is_a_limit_after_a_burst() -> None:
    """Whatever arrives at once, no more than the tokens are kept."""
    sampler, clock = make_sampler(10)
    kept = sum(sampler.choose(f"a-{number}", 1) is not None for number in range(10_000))
    assert kept == 10 * BURST_S
    clock.now_s += 5
    kept = sum(sampler.choose(f"b-{number}", 1) is not None for number in range(100_000))
    assert 30 <= kept <= 50


def test_a_large_request_keeps_every_nth_row() -> None:
    """At most half of the tokens, with a share that tells how many there were."""
    sampler, _ = make_sampler()
    choice = sampler.choose("large", 10_000)
    assert choice is not None
    assert (choice.step, choice.share) == (20, 1 / 20)
    assert 0 <= choice.first < 20
    assert sampler.sampled_out == 10_000 - 500
    sampler, _ = make_sampler(100_000)
    choice = sampler.choose("large", 1_000_000)
    assert choice is not None
    assert 1_000_000 / choice.step == MAX_REQUEST_ROWS


@given(rows=st.integers(2, 50), spent=st.integers(0, 99), request_id=st.text())
def test_row_0_of_several_is_never_kept_alone(rows: int, spent: int, request_id: str) -> None:
    """It would look like a request of one row, to which the label of a routing key belongs."""
    sampler, _ = make_sampler(10)
    for number in range(spent):
        sampler.choose(f"{number}", 1)
    choice = sampler.choose(request_id, rows)
    assert choice is not None
    assert [*range(choice.first, rows, choice.step)] != [0]


def test_the_share_returns_to_one() -> None:
    """Some seconds after a burst all rows are kept again."""
    sampler, clock = make_sampler()
    for number in range(20_000):
        clock.now_s += 1e-4
        sampler.choose(f"a-{number}", 1)
    clock.now_s += 20
    sampler.choose("b", 1)
    assert sampler.choose("c", 1) == (0, 1, 1.0)


@given(rows=st.integers(1, 10**6), tokens=st.integers(1, 10**6), request_id=st.text())
def test_every_row_can_be_kept(rows: int, tokens: int, request_id: str) -> None:
    """The first row is below the step, so each row has the same probability 1 / step."""
    sampler, _ = make_sampler(max(1.0, tokens / 10))
    choice = sampler.choose(request_id, rows)
    assert choice is not None
    assert 0 <= choice.first < choice.step <= max(1, rows - 1)
    kept = range(choice.first, rows, choice.step)
    assert 1 <= len(kept) <= max(10, tokens)
    assert sampler.sampled_out == rows - len(kept)


def test_the_hash_is_even_and_does_not_change() -> None:
    """Replicas and releases agree, and ids in sequence are spread evenly."""
    assert hash_id("baton-1") == hash_id("baton-1")
    below = sum(hash_id(f"{number:x}") < 2**64 // 10 for number in range(20_000))
    assert 1_850 < below < 2_150
