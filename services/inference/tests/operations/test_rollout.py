"""What the page shows of canaries and rollouts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from baton_inference.lifecycle.status import CanaryStateName, CanaryStatus
from baton_inference.operations.commands import Commands
from baton_inference.operations.rollout import SHOWN_AFTER_ABORT, describe_rollout
from baton_inference.operations.rollout_view import RolloutView
from baton_inference.operations.signals import list_signals
from baton_rollout.judgement import judge
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from baton_rollout.signals import GRID

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
COMMANDS = Commands("churn_model", "production")
PLAN = Plan("0badcafe", "7", "production", "ann", "boosting", NOW - timedelta(minutes=30), Limits())
RECORD = Record.create(PLAN, "3").begin(NOW - timedelta(minutes=20))
SECOND = RECORD.move_to(1, NOW - timedelta(minutes=4)).enter(NOW - timedelta(minutes=4))
ABORTED = SECOND.end("aborted", "1.2 % of its rows fail; allowed: 0.1 %", NOW)
COUNTS = PairCounts(pairs=400, failures=0, compared=400, other_labels=12)
PAIRS = {
    "production": "3",
    "canary": "7",
    "answers": 120,
    "fallbacks": 2,
    "dropped": 30,
    "repeated": 9,
    "counts": COUNTS.to_json(),
}
CANARY = CanaryStatus("canary", "7", "canary", None, 10.0, 10.0, None, PAIRS)


def describe(
    canary: CanaryStatus | None, record: Record | None, now: datetime = NOW
) -> RolloutView | None:
    judgements = judge(COUNTS, Limits()) if canary and canary.pairs else ()
    return describe_rollout(canary, judgements, "3", record, now, COMMANDS)


def show(canary: CanaryStatus | None, record: Record | None, now: datetime = NOW) -> RolloutView:
    view = describe(canary, record, now)
    assert view is not None
    return view


def test_nothing_is_shown_without_a_canary() -> None:
    """A promotion is in the history of the alias."""
    assert describe(None, None) is None
    assert describe(None, SECOND.end("promoted", "", NOW)) is None


def test_rollout_under_way() -> None:
    """Both versions, the step and its end, the evidence, and what a person can do."""
    view = show(CANARY, SECOND)
    assert (view.title, view.badge) == ("Version 7 beside version 3", "10 % of requests")
    assert (view.severity, view.notes, view.weight) == ("good", (), 10.0)
    assert view.steps is not None
    assert (view.steps.weights, view.steps.current) == (PLAN.steps, 1)
    assert view.steps.since == "2026-11-30T09:56:00.000Z"
    assert view.steps.ends_at == "2026-11-30T10:06:00.000Z"
    assert (view.pairs, view.answers, view.fallbacks, view.dropped) == (400, 120, 2, 30)
    assert [row.name for row in view.signals] == ["Failures", "Slower", "Other label", "Score"]
    assert "baton rollout abort" in view.commands


def test_canary_set_by_hand_has_no_steps_and_no_commands() -> None:
    """The record, if any, is of another version; there is no rollout to abort."""
    for record in (None, replace(SECOND, plan=replace(PLAN, version="6"))):
        view = show(CANARY, record)
        assert (view.steps, view.commands) == (None, ())
        assert view.signals != ()


def test_shadow_without_pairs() -> None:
    view = show(replace(CANARY, state="shadow", effective_weight=0.0, pairs=None), RECORD)
    assert (view.badge, view.severity, view.weight, view.signals) == ("shadow", "busy", 0.0, ())


@pytest.mark.parametrize(
    ("state", "title", "weight"),
    [
        ("tripped", "This process stopped routing to version 7", 0.0),
        ("failed", "Version 7 cannot be loaded", None),
        ("refused", "Version 7 is refused", None),
    ],
)
def test_canary_that_answers_nobody(
    state: CanaryStateName, title: str, weight: float | None
) -> None:
    """The note says why; production answers."""
    canary = replace(CANARY, state=state, reason="it failed on 12 of 40 rows.", effective_weight=0)
    view = show(canary, SECOND)
    assert (view.badge, view.weight) == (state, weight)
    [note] = view.notes
    assert note.title == title
    assert note.text.startswith("Reason: it failed on 12 of 40 rows. Production answers")
    assert note.command == "baton rollout abort"


def test_pause_says_why_and_how_to_continue() -> None:
    view = show(CANARY, SECOND.pause("the weight was set by hand to 30 %"))
    assert (view.badge, view.severity) == ("paused", "warning")
    assert view.notes[0].text == "Reason: the weight was set by hand to 30 %."
    assert view.notes[0].command == "baton rollout resume"
    assert view.steps is not None
    assert view.steps.ends_at is None


@pytest.mark.parametrize("canary", [CANARY, None])
def test_abort_is_shown_for_a_day(canary: CanaryStatus | None) -> None:
    """Why, when, and that production was not moved, also before this process drops the canary."""
    view = show(canary, ABORTED)
    assert (view.title, view.severity) == ("The rollout of version 7 was aborted", "bad")
    assert view.ended_at == "2026-11-30T10:00:00.000Z"
    assert view.notes[0].title == "1.2 % of its rows fail; allowed: 0.1 %"
    assert "Production was not moved" in view.notes[0].text
    assert view.weight is None
    later = NOW + SHOWN_AFTER_ABORT
    assert describe(None, ABORTED, later - timedelta(seconds=1)) is not None
    assert describe(None, ABORTED, later) is None


def test_process_that_has_not_loaded_the_canary() -> None:
    view = show(None, SECOND)
    assert view.badge == "waiting"
    assert "has not loaded version 7" in view.notes[0].title


def test_unreadable_weight_is_shown() -> None:
    canary = replace(CANARY, state="shadow", reason="the tag baton.weight.canary is 'x'", weight=0)
    assert show(canary, None).notes[0].title == "Its weight cannot be read"


def test_evidence_is_a_share_of_the_way_to_an_abort() -> None:
    """On a logarithmic scale: none at 1 : 1, all of it from 125 : 1 on."""
    worse = replace(COUNTS, failures=8, compared=392)
    far_worse = replace(COUNTS, failures=100, compared=300)
    rows = [list_signals(judge(counts, Limits()))[0] for counts in (COUNTS, worse, far_worse)]
    assert [row.severity for row in rows] == ["good", "bad", "bad"]
    assert rows[0].share == 0
    assert rows[1].share == rows[2].share == 1
    assert (rows[1].mean, rows[1].allowed, rows[1].pairs) == ("2 %", "0.1 %", 400)
    few = judge(replace(COUNTS, failures=2, compared=398), Limits())
    doubtful = list_signals(few)[0]
    assert doubtful.severity == "good"
    assert 0 < doubtful.share < 1


def test_signals_name_the_class_that_differs_most() -> None:
    """And whether they decide at all."""
    shifted = tuple(400 if value == 0.2 else 0 for value in GRID)
    counts = replace(COUNTS, score={"Yes": shifted})
    [*_, score] = list_signals(judge(counts, Limits(expects_change=True)))
    assert (score.name, score.mean, score.note) == ("Score Yes", "+0.200", "reports only")
    assert score.severity == "busy"
    few = list_signals(judge(replace(COUNTS, pairs=9, compared=9, other_labels=0), Limits()))
    assert few[0].note == "too few pairs"
