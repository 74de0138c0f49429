"""The plan of a rollout: what `baton rollout start` decides once. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from baton_common.utc import format_utc
from baton_rollout.json_values import require_number
from baton_rollout.limits import Limits
from baton_rollout.progress import fields

MAX_STEPS = 20
MAX_WEIGHT = 100.0
DEFAULT_STEPS = (0.0, 10.0, 50.0, 100.0)
DEFAULT_STEP_S = DEFAULT_BAKE_S = 600.0
DEFAULT_MIN_PAIRS = 2000
DEFAULT_DEADLINE_S = 86_400.0
MAX_SECONDS = 366 * 86_400.0


@dataclass(frozen=True)
class Plan:
    """What does not change during a rollout.

    Attributes:
        token: identifies the rollout; random.
        version: the version of the canary.
        alias: the alias that the rollout is against, e.g. `production`.
        by: the actor who started it.
        reason: the actor's reason.
        started_at: the time in UTC.
        steps: the weight of each step, in percent, never falling.
        step_for_s: the least time of a step, in seconds.
        bake_s: the least time of the last step, in seconds.
        min_pairs: the pairs that the rollout needs before it leaves its first step.
        deadline_s: after so many seconds without a verdict the rollout pauses as inconclusive.
        promotes: whether the rollout promotes the version after the last step.
        is_forced: whether promotion skips the checks of gate, signature and schema.
        has_own_check: whether the caller of `start --wait` runs a check. No other controller
            leaves a step of such a rollout.
        limits: what the version may differ from production.
    """

    token: str
    version: str
    alias: str
    by: str
    reason: str
    started_at: datetime
    limits: Limits
    steps: tuple[float, ...] = DEFAULT_STEPS
    step_for_s: float = DEFAULT_STEP_S
    bake_s: float = DEFAULT_BAKE_S
    min_pairs: int = DEFAULT_MIN_PAIRS
    deadline_s: float = DEFAULT_DEADLINE_S
    promotes: bool = True
    is_forced: bool = False
    has_own_check: bool = False

    def __post_init__(self) -> None:
        """Checks the steps.

        Raises:
            ValueError: there is no step, there are too many, or a weight is out of order.
        """
        check_steps(self.steps)

    @property
    def least_s(self) -> float:
        """The least time of the whole rollout, in seconds."""
        return self.step_for_s * (len(self.steps) - 1) + self.bake_s

    def compute_step_s(self, step: int) -> float:
        """Returns the least time of a step, in seconds."""
        return self.bake_s if self.is_last(step) else self.step_for_s

    def is_last(self, step: int) -> bool:
        """Whether no step follows."""
        return step >= len(self.steps) - 1

    def to_json(self) -> dict[str, Any]:
        """Converts the plan to JSON."""
        return {
            "token": self.token,
            "version": self.version,
            "alias": self.alias,
            "by": self.by,
            "reason": self.reason,
            "started_at": format_utc(self.started_at),
            "steps": list(self.steps),
            "step_for_s": self.step_for_s,
            "bake_s": self.bake_s,
            "min_pairs": self.min_pairs,
            "deadline_s": self.deadline_s,
            "promote": self.promotes,
            "force": self.is_forced,
            "own_check": self.has_own_check,
            "limits": self.limits.to_json(),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Parses a plan.

        Raises:
            ValueError: a field is missing, has another type, or is out of range.
        """
        return cls(
            token=fields.read_token(document, "token"),
            version=fields.read_version(document, "version"),
            alias=fields.read_text(document, "alias"),
            by=fields.read_text(document, "by"),
            reason=fields.read_text(document, "reason"),
            started_at=fields.read_time(document, "started_at"),
            limits=Limits.from_json(document.get("limits")),
            steps=_read_steps(document.get("steps")),
            step_for_s=fields.read_number(document, "step_for_s", MAX_SECONDS),
            bake_s=fields.read_number(document, "bake_s", MAX_SECONDS),
            min_pairs=fields.read_count(document, "min_pairs"),
            deadline_s=fields.read_number(document, "deadline_s", MAX_SECONDS),
            promotes=fields.read_flag(document, "promote"),
            is_forced=fields.read_flag(document, "force"),
            has_own_check=fields.read_flag(document, "own_check"),
        )


def _read_steps(value: object) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise ValueError("steps is not a list")  # noqa: TRY004 - one error for all
    return tuple(require_number(weight, "a step") for weight in value[: MAX_STEPS + 1])


def check_steps(steps: tuple[float, ...]) -> None:
    """Checks the weights of the steps.

    Raises:
        ValueError: there is no step, there are too many, or a weight is out of order.
    """
    if not 0 < len(steps) <= MAX_STEPS:
        raise ValueError(f"a rollout has 1 to {MAX_STEPS} steps, not {len(steps)}")
    if not all(0 <= weight <= MAX_WEIGHT for weight in steps):
        raise ValueError("each step is a weight from 0 to 100")
    if list(steps) != sorted(set(steps)):
        raise ValueError("the weight grows with each step, e.g. 0,10,50,100")
