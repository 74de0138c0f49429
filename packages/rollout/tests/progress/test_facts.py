"""The reports of the processes, and their counts."""

import json
from typing import Any

import pytest

from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.facts import ProcessReport, find_retired, merge_counts
from tests.support.fakes.rollouts import build_facts, build_record, build_report

COUNTS = PairCounts(pairs=40, compared=40)


def build_canary(**changes: Any) -> dict[str, Any]:
    """Builds `/status`."""
    pairs = {
        "production": "3",
        "canary": "7",
        "process": "p1",
        "since": "2026-11-29T10:00:00.000Z",
        "answers": 12,
        "fallbacks": 0,
        "dropped": 0,
        "repeated": 0,
        "counts": COUNTS.to_json(),
    }
    canary = {
        "alias": "canary",
        "version": "7",
        "state": "canary",
        "reason": None,
        "weight": 10,
        "effective_weight": 10,
        "since": "2026-11-29T10:00:00.000Z",
        "pairs": pairs,
    }
    return {"serving": {"version": "3"}, "canary": {**canary, **changes}}


def read(status: dict[str, Any]) -> ProcessReport:
    received = json.loads(json.dumps(status))
    return ProcessReport.from_status("http://one", received, build_record(1))


def test_status_is_read() -> None:
    report = read(build_canary())
    assert report == ProcessReport(
        "http://one",
        version="7",
        state="canary",
        weight=10.0,
        answers=12,
        process="p1",
        counts=COUNTS,
    )


def test_process_without_canary_or_pairs_has_no_problem() -> None:
    """It has only not loaded the version yet. So has an older release, which knows no canary."""
    for status in ({}, {"canary": None}):
        assert read(status) == ProcessReport("http://one")
    assert read(build_canary(pairs=None)).counts is None


def test_pairs_of_other_versions_do_not_count() -> None:
    status = build_canary()
    for name in ("production", "canary"):
        pairs = {**status["canary"]["pairs"], name: "2"}
        report = read(build_canary(pairs=pairs))
        assert (report.counts, report.answers) == (None, 0)


def test_verdict_is_no_refusal_by_a_process() -> None:
    """It may not know yet that the version was started again with --force."""
    assert read(build_canary(state="refused", reason="aborted: worse")).state == "loading"
    assert read(build_canary(state="refused", reason="other classes")).state == "refused"


@pytest.mark.parametrize("state", ["refused", "tripped"])
@pytest.mark.parametrize("serving", [None, {}, {"version": "4"}])
def test_what_happens_beside_another_production_says_nothing(state: str, serving: object) -> None:
    """The process may not have followed a move of production yet."""
    status = build_canary(state=state, reason="other classes") | {"serving": serving}
    assert read(status).state == "loading"
    assert read(status).reason == "other classes"
    assert read(build_canary(state=state, reason="other classes")).state == state


def test_reason_of_a_process_is_one_short_line() -> None:
    report = read(build_canary(state="failed", reason="a\nb" + "x" * 90_000))
    assert report.reason.startswith("a bxxx")
    assert len(report.reason) == 300


def test_sum_is_void_if_one_of_its_processes_answers_again() -> None:
    """Its pairs would count twice."""
    known = {"p1+p2": COUNTS, "gone": COUNTS}
    assert merge_counts(known, (build_report(process="p9", counts=COUNTS),)).keys() == {
        "p1+p2",
        "gone",
        "p9",
    }
    assert merge_counts(known, (build_report(counts=COUNTS),)) == {"gone": COUNTS, "p1": COUNTS}


@pytest.mark.parametrize(
    "changes",
    [{"version": 7}, {"state": None}, {"weight": "10"}, {"weight": 101}, {"pairs": [1]}],
)
def test_unknown_form_is_a_problem(changes: dict[str, Any]) -> None:
    assert "unknown form" in read(build_canary(**changes)).problem


def test_process_is_never_counted_twice() -> None:
    """It may be away for a moment, and its counts are cumulative."""
    early, late = build_report(counts=COUNTS), build_report(counts=COUNTS + COUNTS)
    other = build_report(process="p2", counts=COUNTS)
    counts = merge_counts({}, (early, other))
    counts = merge_counts(counts, (other,))
    counts = merge_counts(counts, (late,))
    facts = build_facts(build_record(), counts=counts)
    assert facts.pool_counts().pairs == 120


def test_counts_of_vanished_processes_are_kept() -> None:
    counts = merge_counts({"gone": COUNTS}, (build_report(counts=COUNTS),))
    assert find_retired(counts, (build_report(),)) == {"gone": COUNTS}
