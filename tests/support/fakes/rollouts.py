"""Rollouts and facts for the tests of the decision."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.facts import Facts, ProcessReport
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record

START = datetime(2026, 11, 29, 10, tzinfo=UTC)
GOOD = PairCounts(pairs=3000, compared=3000)
"""Enough pairs, all of them alike."""


def after_s(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def build_plan(**changes: Any) -> Plan:
    plan = Plan("0badcafe", "7", "production", "ann@ci", "boosting", START, Limits())
    return replace(plan, **changes)


def build_record(step: int = 0, **changes: Any) -> Record:
    """Builds a rollout in a step that has just been entered."""
    plan = changes.pop("plan", None) or build_plan()
    record = Record.create(plan, "3").begin(START).move_to(step, START).enter(START)
    return replace(record, **changes)


def build_report(**changes: Any) -> ProcessReport:
    """Builds the report of a process that has loaded the canary, with good pairs."""
    report = ProcessReport(
        "http://one", version="7", state="shadow", process="p1", counts=GOOD, answers=100
    )
    return replace(report, **changes)


def build_facts(record: Record, **changes: Any) -> Facts:
    """Builds the facts of a rollout that goes well and whose step is over."""
    report = build_report(weight=record.weight)
    facts = Facts(
        now=record.step_ends_at,
        production="3",
        canary="7",
        weight=record.weight,
        reports=(report,),
        counts={"p1": GOOD},
    )
    return replace(facts, **changes)
