"""The record and its JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest

from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress import retired
from baton_rollout.progress.plan import Plan, check_steps
from baton_rollout.progress.record import Record
from tests.support.fakes.rollouts import START, build_plan, build_record


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
        ("step_since", "0001-01-01T00:00:00+23:59"),
        ("deadline_at", "9999-12-31T23:59:59-23:59"),
        ("started_at", "1999-12-31T00:00:00Z"),
        ("token", "t"),
        ("token", "0BADCAFE"),
        ("token", "0" * 300),
        ("version", "7" * 65),
        ("version", ""),
        ("against", "a b"),
        ("retired", {"p 1": {"totals": [0] * 6, "score": {}, "quality": ""}}),
        ("retired", {"p1": {"totals": [1, 2, 0, 0, 0, 0], "score": {}, "quality": ""}}),
        ("version", 7),
        ("message", "x" * 301),
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


def test_longest_record_fits_into_a_tag_of_postgresql() -> None:
    """Ten classes, twenty processes, long texts: their counts are summed."""
    names = [f"Категория {number}" for number in range(10)]
    histogram = (0,) * 8 + tuple(range(100_000, 100_025)) + (0,) * 8
    counts = PairCounts(pairs=9_000_000, compared=9_000_000, score=dict.fromkeys(names, histogram))
    limits = Limits(score=dict.fromkeys(names, (-0.047999, 0.052001)))
    plan = build_plan(limits=limits, by="я" * 100, reason="причина" * 40)
    record = build_record(1, plan=plan).retire({f"{n:016x}": counts for n in range(20)})
    text = record.end("aborted", "причина " * 900, START).to_text()
    assert len(text) < 5000
    assert "\\u" not in text
    ((processes, kept),) = Record.from_text(text).retired.items()
    assert len(processes.split("+")) == 20
    assert kept == sum([counts] * 20, PairCounts())


def test_counts_that_fit_are_kept_by_process() -> None:
    counts = {f"p{n}": PairCounts(pairs=n, compared=n) for n in range(20)}
    assert Record.from_text(build_record().retire(counts).to_text()).retired == counts


def test_counts_of_processes_with_few_pairs_are_lost_first() -> None:
    """A choice by what the counts say would make evidence."""
    counts = {f"{n:064x}": PairCounts(pairs=n, failures=n) for n in range(100)}
    ((processes, kept),) = Record.from_text(build_record().retire(counts).to_text()).retired.items()
    known = processes.split("+")
    assert 20 < len(known) < 100
    assert set(known) == {f"{n:064x}" for n in range(100 - len(known), 100)}
    assert kept.pairs == sum(range(100 - len(known), 100))


def test_counts_that_cannot_fit_are_lost() -> None:
    score = {f"{n}" * 200: (2**50,) * 41 for n in range(10)}
    counts = PairCounts(pairs=2**52, compared=2**52, score=dict.fromkeys(score, (1,) * 41))
    huge = build_record().retire({"p1": replace(counts, score={**score})})
    assert Record.from_text(huge.to_text()).retired == {}


def test_record_that_cannot_be_short_is_an_error() -> None:
    limits = Limits(score={f"{n}" * 256 + "x" * 200: (-1, 1) for n in range(10)})
    with pytest.raises(ValueError, match="too long for a tag"):
        build_record(plan=build_plan(limits=limits)).to_text()


@pytest.mark.parametrize("run", ["", "0:1", "40:1", "3:1,,ff", "0:" + ",".join(["1"] * 41)])
def test_histograms_are_short(run: str) -> None:
    document = {"totals": [99, 0, 99, 0, 0, 0], "score": {}, "quality": run}
    counts = retired.from_json({"p1": document})
    assert retired.to_json(counts) == {"p1": document}


@pytest.mark.parametrize(
    "run", [None, 5, "41:1", "40:1,1", "x", "0:-1", "0:g", "99:", "0:" + "f" * 15]
)
def test_malformed_histogram_is_rejected(run: object) -> None:
    document = {"totals": [99, 0, 99, 0, 0, 0], "score": {}, "quality": run}
    with pytest.raises(ValueError, match=r"."):
        retired.from_json({"p1": document})


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
