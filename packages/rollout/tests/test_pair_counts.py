"""Counts add up over processes, and rubbish of a replica is refused."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton_rollout.pair_counts import EMPTY, PairCounts

ONE = PairCounts(
    pairs=30,
    failures=2,
    compared=27,
    other_labels=3,
    timed=8,
    slower=1,
    score={"Yes": (27, *EMPTY[1:])},
    quality=(*EMPTY[1:], 5),
)

_histograms = st.lists(st.integers(0, 9), min_size=41, max_size=41).map(tuple)


@st.composite
def draw_counts(draw: st.DrawFn) -> PairCounts:
    """Draws counts that do not contradict themselves."""
    score = draw(st.dictionaries(st.text(max_size=5), _histograms, max_size=3))
    compared = max([sum(each) for each in score.values()], default=0) + draw(st.integers(0, 9))
    failures = draw(st.integers(0, 9))
    pairs = compared + failures + draw(st.integers(0, 9))
    timed = draw(st.integers(0, pairs))
    return PairCounts(
        pairs,
        failures,
        compared,
        draw(st.integers(0, compared)),
        timed,
        draw(st.integers(0, timed)),
        score,
        draw(_histograms),
    )


@settings(max_examples=30)
@given(draw_counts())
def test_counts_survive_json(counts: PairCounts) -> None:
    """As `/status` and the record of a rollout carry them."""
    assert PairCounts.from_json(json.loads(json.dumps(counts.to_json()))) == counts


@settings(max_examples=30)
@given(draw_counts(), draw_counts(), draw_counts())
def test_counts_add_up_in_any_order(a: PairCounts, b: PairCounts, c: PairCounts) -> None:
    """Replicas answer in any order; a sum is as consistent as its parts."""
    total = a + b + c

    assert total == c + (b + a)
    assert total == total + PairCounts()
    assert total.pairs == a.pairs + b.pairs + c.pairs
    assert PairCounts.from_json(total.to_json()) == total


def test_each_field_is_added() -> None:
    """A field that `__add__` forgets would be lost from every pooled judgement."""
    double = ONE + ONE

    assert double.to_json() == {
        "pairs": 60,
        "failures": 4,
        "compared": 54,
        "other_labels": 6,
        "timed": 16,
        "slower": 2,
        "score": {"Yes": [54, *EMPTY[1:]]},
        "quality": [*EMPTY[1:], 10],
    }


def change(**fields: Any) -> dict[str, Any]:
    """Returns the document of `ONE` with other fields."""
    return {**ONE.to_json(), **fields}


def drop(name: str) -> dict[str, Any]:
    """Returns the document of `ONE` without a field."""
    return {key: value for key, value in ONE.to_json().items() if key != name}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "counts",
        {},
        drop("pairs"),
        change(unknown=1),
        change(**{"x" * 10_000_000: 1}),
        change(pairs="30"),
        change(pairs=30.0),
        change(pairs=True),
        change(pairs=-1),
        change(pairs=2**53),
        change(pairs=10**400),
        change(pairs=float("nan")),
        change(quality=None),
        change(quality=[0] * 40),
        change(quality=[0] * 42),
        change(quality=[-1] * 41),
        change(quality="0" * 41),
        change(score=[]),
        change(score={"Yes": [0.5] * 41}),
        change(score={str(number): [0] * 41 for number in range(11)}),
        change(score={"x" * 257: [0] * 41}),
        change(score={"\ud800": [0] * 41}),
        change(failures=4),  # with those compared, more than all pairs
        change(compared=29),
        change(other_labels=28),
        change(timed=31),
        change(slower=9),
        change(score={"Yes": [28] + [0] * 40}),
    ],
)
def test_rubbish_is_refused_in_a_short_message(document: object) -> None:
    """A replica may answer anything, and its text ends in a log."""
    with pytest.raises(ValueError, match=r"count|object|outputs") as raised:
        PairCounts.from_json(document)

    assert len(str(raised.value)) < 200
