"""Describes the evidence of each signal as a row of a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from baton_inference.operations.summary import Severity
from baton_rollout.judgement import ABORT_ODDS, HOLD_ODDS, LEAST_PAIRS, SignalJudgement
from baton_rollout.progress.texts import format_limit, format_mean, format_odds
from baton_rollout.signals import Signal

_NAMES: dict[Signal, str] = {
    "failures": "Failures",
    "slower": "Slower",
    "other_label": "Other label",
    "score": "Score",
    "quality": "Quality",
}


@dataclass(frozen=True)
class SignalRow:
    """The evidence of one signal.

    Attributes:
        name: the signal, with the class or output that differs most.
        mean: of the pairs, as text.
        allowed: the limit, as text.
        pairs: the number of pairs.
        evidence: the odds, as text.
        share: of the way from 1 : 1 to an abort, on a logarithmic scale; 0 to 1.
        severity: `bad` at the odds of an abort, `warning` where the rollout does not advance,
            `busy` if the signal decides nothing.
        note: why it decides nothing; empty if it does.
    """

    name: str
    mean: str
    allowed: str
    pairs: int
    evidence: str
    share: float
    severity: Severity
    note: str


def list_signals(judgements: Iterable[SignalJudgement]) -> tuple[SignalRow, ...]:
    """Lists the signals; `quality` only once there are labels."""
    return tuple(_build_row(each) for each in judgements if each.signal != "quality" or each.pairs)


def _build_row(judgement: SignalJudgement) -> SignalRow:
    name = _NAMES[judgement.signal]
    share = judgement.log_evidence / log(ABORT_ODDS)
    return SignalRow(
        name=f"{name} {judgement.output}" if judgement.output else name,
        mean=format_mean(judgement),
        allowed=format_limit(judgement),
        pairs=judgement.pairs,
        evidence=format_odds(judgement.odds),
        share=round(min(max(share, 0.0), 1.0), 3),
        severity=_choose_severity(judgement),
        note=_describe_restraint(judgement),
    )


def _describe_restraint(judgement: SignalJudgement) -> str:
    if judgement.decides:
        return ""
    return "too few pairs" if judgement.pairs < LEAST_PAIRS else "reports only"


def _choose_severity(judgement: SignalJudgement) -> Severity:
    if not judgement.decides:
        return "busy"
    if judgement.log_evidence >= log(ABORT_ODDS):
        return "bad"
    return "warning" if judgement.log_evidence >= log(HOLD_ODDS) else "good"
