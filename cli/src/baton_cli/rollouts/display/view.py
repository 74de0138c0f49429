"""Shows a rollout: two versions side by side, and the evidence of harm."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from baton_cli.rollouts.control.observation import Observation
from baton_cli.rollouts.display.texts import (
    STOP_HINT,
    describe_end,
    describe_next,
    describe_progress,
    describe_standstill,
    format_left,
)
from baton_cli.terminal import to_printable_line
from baton_common.utc import format_utc
from baton_rollout.judgement import ABORT_ODDS, HOLD_ODDS, SignalJudgement
from baton_rollout.progress.case import Case
from baton_rollout.progress.facts import SERVING, ProcessReport
from baton_rollout.progress.texts import (
    format_limit,
    format_mean,
    format_odds,
    format_percent,
    format_value,
)

STYLES = {"aborted": "red", "paused": "yellow", "promoted": "green"}
TITLES = {"other_label": "other label"}


def build_view(model: str, seen: Observation, *, is_controller: bool = False) -> RenderableType:
    """Builds the text of `baton rollout status`. A controller gets no hint to run one."""
    record = seen.record
    if not record.is_under_way:
        story = Text(f"{model}: {describe_end(record)}", STYLES[record.phase])
        return Group(story, build_table(seen)) if seen.facts.counts else story
    hints = f"{describe_next(seen)} · aborts at {ABORT_ODDS:g} : 1 · {STOP_HINT}"
    if record.phase == "paused":
        hints = f"go on with: baton rollout resume, or promote · {STOP_HINT}"
    headline = Text(format_headline(model, seen), STYLES.get(record.phase, ""))
    standstill = "" if is_controller else describe_standstill(seen)
    return Group(headline, build_table(seen), *map(Text, filter(None, (hints, standstill))))


def format_headline(model: str, seen: Observation) -> str:
    """Formats the first line: versions, step, time left, processes."""
    record, facts = seen.record, seen.facts
    plan = record.plan
    loaded = sum(r.version == plan.version and r.state in SERVING for r in facts.reports)
    if record.phase == "progressing":
        since = f"{record.step_since:%H:%M:%S} UTC, {format_left(record, facts.now)}"
        share = format_percent(record.weight)
        progress = f"step {record.step + 1} of {len(plan.steps)}: {share} since {since}"
    else:
        progress = describe_progress(record).partition(": ")[2]
    versions = f"version {plan.version} beside version {record.against}"
    return f"{model}: {versions} · {progress} · {loaded} of {len(facts.reports)} processes"


def build_table(seen: Observation) -> Table:
    """Builds the table with one row for each signal."""
    version = f"version {seen.record.plan.version}"
    columns = ("signal", version, "95 % interval", "pairs", "allowed", "evidence")
    table = Table(*columns, box=None, pad_edge=False)
    for judgement in Case(seen.record, seen.facts).judgements:
        table.add_row(*_format_row(judgement))
    return table


def to_json(model: str, alias: str, seen: Observation | None) -> dict[str, Any]:
    """Builds the document of `baton rollout status --json`; `phase` is null without a rollout."""
    heading = {"model_name": model, "canary_alias": alias}
    if seen is None:
        return {**heading, "phase": None}
    record = {key: value for key, value in seen.record.to_json().items() if key != "retired"}
    return {
        **heading,
        **record,
        "weight": seen.record.weight,
        "step_ends_at": format_utc(seen.record.step_ends_at),
        "next": describe_next(seen) if seen.record.is_under_way else None,
        "signals": [_to_json(judgement) for judgement in Case(seen.record, seen.facts).judgements],
        "processes": [_describe_process(report) for report in seen.facts.reports],
    }


def _describe_process(report: ProcessReport) -> dict[str, Any]:
    return {
        "url": report.url,
        "version": report.version,
        "state": report.state or None,
        "reason": report.problem or report.reason or None,
        "answers": report.answers,
    }


def _format_row(judgement: SignalJudgement) -> tuple[RenderableType, ...]:
    title = TITLES.get(judgement.signal, judgement.signal)
    if judgement.output:
        title = f"{title} {to_printable_line(judgement.output)}"
    odds = format_odds(judgement.odds) if judgement.pairs else "-"
    if not judgement.decides and judgement.odds >= HOLD_ODDS:
        odds = f"{odds} (reports only)"
    return (
        title,
        format_mean(judgement),
        _format_interval(judgement) if judgement.pairs else "-",
        f"{judgement.pairs:,}",
        format_limit(judgement),
        Text(odds, _choose_style(judgement)),
    )


def _format_interval(judgement: SignalJudgement) -> str:
    low, high = judgement.interval
    return f"{format_value(judgement, low)} to {format_value(judgement, high)}"


def _choose_style(judgement: SignalJudgement) -> str:
    if not judgement.decides or judgement.odds < HOLD_ODDS:
        return ""
    return "red" if judgement.odds >= ABORT_ODDS else "yellow"


def _to_json(judgement: SignalJudgement) -> dict[str, Any]:
    return {
        "signal": judgement.signal,
        "output": judgement.output,
        "pairs": judgement.pairs,
        "mean": judgement.mean,
        "interval": [*judgement.interval] if judgement.pairs else None,
        "limit": [*judgement.limit],
        "odds": judgement.odds,
        "decides": judgement.decides,
    }
