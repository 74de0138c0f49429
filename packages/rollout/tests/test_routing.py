"""Keys are routed by their hash: sticky, monotone in the weight, new for the next canary."""

from collections import Counter

import pytest

from baton_rollout.routing import choose_bucket, count_buckets

KEYS = [f"customer-{number}".encode() for number in range(20_000)]
BUCKETS = [choose_bucket("churn_model", "7", key) for key in KEYS]


def test_buckets_never_change() -> None:
    """Replicas of different releases agree; these numbers are part of the contract."""
    assert [choose_bucket("churn_model", "7", key) for key in (b"", b"a", b"\xff\x00")] == [
        6747,
        3472,
        8819,
    ]


def test_buckets_are_evenly_filled() -> None:
    """Each tenth of the buckets has a tenth of the keys, within a point."""
    tenths = Counter(bucket // 1_000 for bucket in BUCKETS)

    assert {*tenths} == {*range(10)}
    assert all(abs(count / len(KEYS) - 0.1) < 0.01 for count in tenths.values())


@pytest.mark.parametrize(
    ("weight", "buckets"),
    [(0, 0), (0.01, 1), (1, 100), (1.1, 110), (28.57, 2857), (99.99, 9999), (100, 10_000)],
)
def test_the_weight_is_the_share(weight: float, buckets: int) -> None:
    """Of all buckets exactly, in hundredths of a percent."""
    assert count_buckets(weight) == buckets


def test_a_key_stays_with_the_canary_as_the_weight_grows() -> None:
    """Steps of 1, 10, 50 and 100 %."""
    before: set[bytes] = set()
    for weight in (0, 1, 10, 50, 100):
        routed = {
            key for key, bucket in zip(KEYS, BUCKETS, strict=True) if bucket < count_buckets(weight)
        }
        assert before <= routed
        before = routed
    assert before == {*KEYS}


def test_the_next_canary_meets_other_keys() -> None:
    """No key is among the first of every canary."""
    both = sum(
        bucket < 1_000 and choose_bucket("churn_model", "8", key) < 1_000
        for key, bucket in zip(KEYS, BUCKETS, strict=True)
    )

    assert both / len(KEYS) == pytest.approx(0.01, abs=0.003)


def test_model_and_version_do_not_run_together() -> None:
    """Version 17 of `m` is not version 7 of `m1`."""
    assert choose_bucket("m1", "7", b"key") != choose_bucket("m", "17", b"key")
