"""The limits of a canary: how far each signal's mean may be from production's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baton_rollout.gate_figures import (
    Figures,
    has_compared,
    read_other_label_share,
    read_score_shifts,
)
from baton_rollout.json_values import (
    MAX_OUTPUTS,
    require_flag,
    require_keys,
    require_number,
    require_object,
    require_outputs,
)
from baton_rollout.signals import Range

SHIFT_MARGIN = 0.05
"""How much further than at the gate the mean score may move."""
OTHER_LABEL_MARGIN = 0.05
"""How much larger than at the gate the share of other labels may be."""
DEFAULT_SHIFT: Range = (-SHIFT_MARGIN, SHIFT_MARGIN)

_NUMBERS = ("failures", "slower", "other_label", "quality")


@dataclass(frozen=True)
class Limits:
    """What a canary may do; beyond it, it is harmful.

    Attributes:
        failures: share of the pairs in which only the canary fails.
        slower: share of the timed batches in which it is slower.
        other_label: share of the pairs with another label.
        score: mean difference of each score; for each class or output, or for all.
        quality: mean difference of the losses.
        expects_change: `other_label` and `score` are reported, and decide nothing.
    """

    failures: float = 0.001
    slower: float = 0.5
    other_label: float = 0.10
    score: Range | Mapping[str, Range] = DEFAULT_SHIFT
    quality: float = 0.002
    expects_change: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError if a limit allows nothing, so that no evidence can be computed."""
        shares = (self.failures, self.slower, self.other_label)
        ranges = self.score.values() if isinstance(self.score, Mapping) else [self.score]
        if not all(share > 0 for share in shares) or not self.quality > -1:
            raise ValueError("limits: a share is not above 0, or quality not above -1")
        if not all(low <= high and low < 1 and high > -1 for low, high in ranges):
            raise ValueError("limits: a range of scores is empty, or outside of -1 to 1")

    def get_score_range(self, output: str) -> Range:
        """Returns the range of a class or output; the default if none is named."""
        if isinstance(self.score, Mapping):
            return self.score.get(output, DEFAULT_SHIFT)
        return self.score

    @classmethod
    def from_gate_figures(
        cls,
        figures: Figures,
        production_version: str,
        *,
        expects_change: bool = False,
    ) -> "Limits":
        """Creates limits around what the gate saw between the two versions.

        Live, a canary should differ from production as it did on the held-out rows. The defaults
        hold if the gate compared it with another version, or with none.

        Args:
            figures: the figures in the manifest of the canary's version.
            production_version: the number of the version in production.
            expects_change: see `Limits`.
        """
        if not has_compared(figures, production_version):
            return cls(expects_change=expects_change)
        share = read_other_label_share(figures)
        shifts = read_score_shifts(figures)
        return cls(
            other_label=cls.other_label if share is None else max(share, 0) + OTHER_LABEL_MARGIN,
            score={name: _to_range(shifts[name]) for name in [*shifts][:MAX_OUTPUTS]},
            expects_change=expects_change,
        )

    def to_json(self) -> dict[str, Any]:
        """Converts the limits to a JSON document."""
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        if isinstance(self.score, Mapping):
            score: object = {name: [*each] for name, each in self.score.items()}
        else:
            score = [*self.score]
        return {**numbers, "score": score, "expects_change": self.expects_change}

    @classmethod
    def from_json(cls, document: object) -> "Limits":
        """Reads limits from a document of the registry, which any client may have written.

        Raises:
            ValueError: the document is not such limits.
        """
        fields = require_object(document, "limits")
        require_keys(fields, {*cls.__dataclass_fields__}, "limits")
        return cls(
            **{name: require_number(fields[name], name) for name in _NUMBERS},
            score=_read_score(fields["score"]),
            expects_change=require_flag(fields["expects_change"], "expects_change"),
        )


def _to_range(shift: float) -> Range:
    clipped = min(max(shift, -1.0), 1.0)
    return round(clipped - SHIFT_MARGIN, 6), round(clipped + SHIFT_MARGIN, 6)  # short in a tag


def _read_score(value: object) -> Range | Mapping[str, Range]:
    if isinstance(value, list):
        return _read_range(value)
    outputs = require_outputs(value, "limits of score")
    return {name: _read_range(each) for name, each in outputs.items()}


def _read_range(value: object) -> Range:
    match value:
        case [low, high]:
            return require_number(low, "limit of score"), require_number(high, "limit of score")
    raise ValueError("limits: a range of scores is not two numbers")
