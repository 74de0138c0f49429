"""The record of a rollout: its plan and how far it is. One JSON text, a tag of the model.

It is the whole state of the controller: one that starts finds here what an earlier one did.
Pure: no I/O and no clock.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self, get_args

from baton_common.model_tags import MAX_TAG_CHARACTERS
from baton_common.utc import format_utc
from baton_rollout.json_values import require_object
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress import fields, retired
from baton_rollout.progress.plan import Plan

Phase = Literal["starting", "progressing", "paused", "promoting", "promoted", "aborted"]
_PHASES: tuple[Phase, ...] = get_args(Phase)
ENDED: tuple[Phase, ...] = ("promoted", "aborted")


@dataclass(frozen=True)
class Record:
    """The record of a rollout.

    Attributes:
        plan: what does not change.
        against: the version of the plan's alias, which the canary is compared with.
        phase: how far the rollout is.
        step: the index of the step.
        is_entered: whether the weight of the step is set. False: the controller sets it next.
        step_since: when the step was entered, in UTC.
        deadline_at: when the rollout pauses as inconclusive.
        message: why it is paused, or how it ended.
        retired: the last pair counts of processes that no longer answer; see `retired.py`.
        ended_at: when it ended; None before that.
    """

    plan: Plan
    against: str
    phase: Phase
    step_since: datetime
    deadline_at: datetime
    step: int = 0
    is_entered: bool = False
    message: str = ""
    retired: Mapping[str, PairCounts] = field(default_factory=dict)
    ended_at: datetime | None = None

    @classmethod
    def create(cls, plan: Plan, against: str) -> Self:
        """Creates the record of a rollout that starts now."""
        at = plan.started_at
        return cls(plan, against, "starting", at, at + timedelta(seconds=plan.deadline_s))

    @property
    def is_under_way(self) -> bool:
        """Whether the rollout has not ended."""
        return self.phase not in ENDED

    @property
    def weight(self) -> float:
        """The weight of the step, in percent."""
        return self.plan.steps[self.step]

    @property
    def step_ends_at(self) -> datetime:
        """The earliest end of the step."""
        return self.step_since + timedelta(seconds=self.plan.compute_step_s(self.step))

    def begin(self, now: datetime) -> Self:
        """Returns the record after the canary alias was set, with weight 0."""
        return replace(
            self, phase="progressing", step=0, is_entered=self.plan.steps[0] == 0, step_since=now
        )

    def move_to(self, step: int, now: datetime) -> Self:
        """Returns the record at another step, whose weight is not set yet.

        After a pause the deadline is new.
        """
        renewed_at = now + timedelta(seconds=self.plan.deadline_s)
        return replace(
            self,
            phase="progressing",
            step=step,
            is_entered=False,
            step_since=now,
            deadline_at=renewed_at if self.phase == "paused" else self.deadline_at,
            message="",
        )

    def enter(self, now: datetime) -> Self:
        """Returns the record after the weight of the step was set."""
        return replace(self, is_entered=True, step_since=now)

    def pause(self, message: str) -> Self:
        """Returns the record of a rollout that waits for a person to decide."""
        return replace(self, phase="paused", message=fields.shorten(message))

    def resume(self, now: datetime) -> Self:
        """Returns the record at the beginning of the same step."""
        return self.move_to(self.step, now)

    def restart(self, now: datetime, production: str, limits: Limits) -> Self:
        """Returns the record at the first step again, against a production that has moved.

        The pairs with the old version of production are void, and so are the limits.
        """
        plan = replace(self.plan, limits=limits)
        return replace(self.move_to(0, now), plan=plan, against=production, retired={})

    def promote(self) -> Self:
        """Returns the record of a rollout that moves the alias next."""
        return replace(self, phase="promoting", message="")

    def end(self, phase: Literal["promoted", "aborted"], message: str, now: datetime) -> Self:
        """Returns the record after the rollout has ended."""
        return replace(self, phase=phase, message=fields.shorten(message), ended_at=now)

    def retire(self, counts: Mapping[str, PairCounts]) -> Self:
        """Returns the record with these counts of processes that no longer answer."""
        return replace(self, retired=dict(counts))

    def to_text(self) -> str:
        """Formats the record as the value of its tag, with as many of the counts as fit.

        Raises:
            ValueError: the text is too long even without counts.
        """
        for counts in retired.shrink(self.retired):
            document = self.retire(counts).to_json()
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            if len(text) <= MAX_TAG_CHARACTERS:
                return text
        raise ValueError("it is too long for a tag; shorten the reason or the names of the classes")

    def to_json(self) -> dict[str, Any]:
        """Converts the record to JSON."""
        return {
            **self.plan.to_json(),
            "against": self.against,
            "phase": self.phase,
            "step": self.step,
            "entered": self.is_entered,
            "step_since": format_utc(self.step_since),
            "deadline_at": format_utc(self.deadline_at),
            "message": self.message,
            "ended_at": None if self.ended_at is None else format_utc(self.ended_at),
            "retired": retired.to_json(self.retired),
        }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Parses the value of the tag.

        Raises:
            ValueError: the text is not the record of a rollout.
        """
        try:
            document = json.loads(text)
        except RecursionError as error:
            raise ValueError("the JSON text is nested too deeply") from error
        return cls.from_json(require_object(document, "the record"))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Parses a record.

        Raises:
            ValueError: a field is missing, has another type, or is out of range.
        """
        plan = Plan.from_json(document)
        step = fields.read_count(document, "step")
        if step >= len(plan.steps):
            raise ValueError("step is beyond the last one")
        ended = document.get("ended_at") is not None
        return cls(
            plan=plan,
            against=fields.read_version(document, "against"),
            phase=fields.read_choice(document, "phase", _PHASES),
            step=step,
            is_entered=fields.read_flag(document, "entered"),
            step_since=fields.read_time(document, "step_since"),
            deadline_at=fields.read_time(document, "deadline_at"),
            message=fields.read_text(document, "message"),
            retired=retired.from_json(document.get("retired")),
            ended_at=fields.read_time(document, "ended_at") if ended else None,
        )
