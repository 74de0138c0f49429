"""The record and its JSON."""

import json
from typing import Any

import pytest

from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.plan import Plan, check_steps
from baton_rollout.progress.record import MAX_TAG_CHARACTERS, Record
from tests.support.fakes.rollouts import START, build_plan, build_record

TEN = {f"class {number}": (123_456_789,) * 41 for number in range(10)}


def test_record_is_read_as_it_was_written() -> None:
    limits = Limits(score={"Yes": (-0.04, 0.06)}, expects_change=True)
    plan = build_plan(limits=limits, steps=(0.0, 2.5, 100.0), is_forced=True, has_own_check=True)
    counts = PairCounts(pairs=9, compared=9, score={"Yes": (0,) * 20 + (9,) + (0,) * 20})
    record = build_record(1, plan=plan, message="é").retire({"p1": counts})
    for each in (record, record.end("aborted", "worse", START), Record.create(plan, "3")):
        assert Record.from_text(each.to_text()) == each


def test_record_names_its_alias_and_version() -> None:
    document = json.loads(build_record().to_text())
    assert (document["alias"], document["against"], document["version"]) == ("production", "3", "7")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phase", "flying"),
        ("phase", None),
        ("step", 4),
        ("step", -1),
        ("step", True),
        ("steps", []),
        ("steps", [0, 101]),
        ("steps", [50, 10]),
        ("steps", [0] * 21),
        ("steps", "0,10"),
        ("step_for_s", "10m"),
        ("step_for_s", float("nan")),
        ("deadline_s", 1e300),
        ("min_pairs", 1.5),
        ("promote", "yes"),
        ("started_at", "2026-11-29T10:00:00"),
        ("step_since", "now"),
        ("ended_at", 5),
        ("version", 7),
        ("message", "x" * 2001),
        ("limits", {}),
        ("retired", []),
        ("retired", {"p1": {"pairs": 1}}),
    ],
)
def test_malformed_record_is_rejected(field: str, value: Any) -> None:
    """Any client may write the tag."""
    document = {**build_record().to_json(), field: value}
    with pytest.raises(ValueError, match=r"."):
        Record.from_text(json.dumps(document))
    del document[field]
    if field != "ended_at":
        with pytest.raises(ValueError, match=r"."):
            Record.from_text(json.dumps(document))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "[" * 100_000])
def test_other_texts_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Record.from_text(text)


def test_record_fits_into_a_tag() -> None:
    """It loses the counts of processes with few pairs, and never more than it must."""
    counts = {
        f"p{pairs}": PairCounts(pairs=pairs, compared=pairs, score=TEN) for pairs in range(50)
    }
    text = build_record().retire(counts).to_text()
    assert MAX_TAG_CHARACTERS - 6000 < len(text) <= MAX_TAG_CHARACTERS
    kept = json.loads(text)["retired"]
    assert "p49" in kept
    assert "p0" not in kept


def test_long_messages_are_cut() -> None:
    paused = build_record().pause("x" * 5000)
    assert Record.from_text(paused.to_text()) == paused


def test_plan_knows_its_least_time() -> None:
    assert build_plan(steps=(0.0, 10.0, 100.0), step_for_s=60, bake_s=600).least_s == 720


@pytest.mark.parametrize("steps", [(), (0.0, 0.0), (10.0, 5.0), (-1.0,), (101.0,)])
def test_steps_out_of_order_are_rejected(steps: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_steps(steps)
    with pytest.raises(ValueError, match=r"."):
        Plan("t", "7", "production", "", "", START, Limits(), steps=steps)
