"""What holds a rollout in its step, besides the step's time. Pure."""

from collections.abc import Sequence

from baton_rollout.judgement import HOLD_ODDS, SignalJudgement, find_harm
from baton_rollout.progress.facts import SERVING, Facts, ProcessReport
from baton_rollout.progress.record import Record
from baton_rollout.progress.texts import describe_harm

LEAST_ANSWERS = 100
"""The canary gives so many answers of its own before the rollout leaves a step with weight."""


def find_hold(record: Record, facts: Facts, judgements: Sequence[SignalJudgement]) -> str:
    """Returns what the step waits for besides its time; empty if nothing.

    Doubt holds a step long before it aborts the rollout. So does missing data: a process that does
    not answer or has not loaded the canary, too few pairs, too few answers by the canary.
    """
    if harm := find_harm(judgements, HOLD_ODDS):
        return f"in doubt: {describe_harm(harm)}"
    if all(report.problem for report in facts.reports):
        return "no inference process answers"
    lags = (_find_lag(record, report) for report in facts.reports)
    return next(filter(None, lags), "") or _find_lack(record, facts)


def _find_lag(record: Record, report: ProcessReport) -> str:
    """Returns why a process does not take part; empty if it does."""
    if report.problem:
        return f"{report.url} {report.problem}"
    if report.version == record.plan.version and report.state in SERVING:
        return ""
    why = f": {report.reason}" if report.reason else ""
    return f"{report.url} has not loaded version {record.plan.version}{why}"


def _find_lack(record: Record, facts: Facts) -> str:
    """Returns what there is too little of; empty if nothing."""
    pairs = facts.pool_counts().pairs
    if pairs < record.plan.min_pairs:
        return f"{pairs:,} of {record.plan.min_pairs:,} pairs"
    known = (report for report in facts.reports if report.weight == record.weight)
    answers = sum(report.answers for report in known)
    if record.weight > 0 and answers < LEAST_ANSWERS:
        return f"{answers} of {LEAST_ANSWERS} answers by the canary in this step"
    return ""
