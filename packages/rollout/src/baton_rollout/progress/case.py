"""A rollout with what is known about it: what the rules of the decision look at. Pure."""

from datetime import timedelta
from functools import cached_property

from baton_rollout.judgement import SignalJudgement, judge
from baton_rollout.progress.facts import Facts
from baton_rollout.progress.holds import find_hold
from baton_rollout.progress.record import Record

SETTLED = timedelta(minutes=10)


class Case:
    """A record with the facts about it."""

    def __init__(self, record: Record, facts: Facts) -> None:
        self.record, self.facts = record, facts
        self.version = record.plan.version
        self.is_promoted = facts.production == self.version

    @property
    def is_settled(self) -> bool:
        """Whether the rollout ended so long ago that no other controller still works on it."""
        ended = self.record.ended_at
        return ended is not None and self.facts.now - ended > SETTLED

    @property
    def is_crossed(self) -> bool:
        """Whether another controller's promotion or step has crossed an abort."""
        undoes = self.is_promoted and self.facts.promotion == "stands"
        is_lost = self.facts.is_verdict_lost and not self.is_promoted
        return not self.is_settled and (undoes or is_lost or self.facts.weight > 0)

    @cached_property
    def judgements(self) -> tuple[SignalJudgement, ...]:
        """The evidence of all processes."""
        return judge(self.facts.pool_counts(), self.record.plan.limits)

    @cached_property
    def hold(self) -> str:
        """What the step waits for besides its time; empty if nothing."""
        return find_hold(self.record, self.facts, self.judgements)

    @property
    def production_move(self) -> str:
        """What happened to the alias; empty if it points to the version compared with."""
        alias, production = self.record.plan.alias, self.facts.production
        if production == self.record.against:
            return ""
        became = "deleted" if production is None else f"moved to version {production}"
        return f"alias {alias!r} was {became}"
