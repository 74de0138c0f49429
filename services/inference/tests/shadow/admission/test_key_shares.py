"""The share of one key in the pairs."""

from collections import Counter

from baton_inference.shadow.admission.key_shares import KeyShares


def pair_rows(shares: KeyShares, keys: list[int]) -> Counter[int]:
    """Sends one row of each key; returns the pairs by key."""
    pairs: Counter[int] = Counter()
    for key in keys:
        shares.note_row(key)
        if shares.has_room(key):
            shares.note_pair(key)
            pairs[key] += 1
    return pairs


def test_a_lone_key_gives_all_pairs() -> None:
    assert pair_rows(KeyShares(), [7] * 500)[7] == 500


def test_two_keys_give_at_most_half_each() -> None:
    """Key 1 sends nine rows of ten, and waits for key 2."""
    pairs = pair_rows(KeyShares(), ([1] * 9 + [2]) * 300)
    assert pairs[2] == 300
    assert abs(pairs[1] - pairs[2]) < 20  # before its first row, key 2 did not count


def test_of_many_keys_none_gives_more_than_a_tenth() -> None:
    """One caller sends half of all rows, twenty others the rest."""
    others = [*range(20)]
    warm_up = [*others, 99]
    shares = KeyShares()
    pair_rows(shares, warm_up)
    rows = [key for other in others * 200 for key in (99, other)]
    pairs = pair_rows(shares, rows)
    assert 0.08 < pairs[99] / pairs.total() < 0.102  # and one pair


def test_a_key_that_stopped_sending_holds_nobody_back() -> None:
    shares = KeyShares(pairs=100, rows=50)
    pair_rows(shares, [1, 2])
    assert pair_rows(shares, [1] * 40)[1] < 5  # half of the pairs are key 2's
    assert pair_rows(shares, [1] * 200)[1] > 150


def test_the_memory_is_bounded() -> None:
    shares = KeyShares(pairs=10, rows=20)
    pair_rows(shares, [*range(10_000)])
    assert len(shares._rows.counts) == len(shares._rows.order) == 20
    assert len(shares._pairs.counts) == len(shares._pairs.order) == 10
