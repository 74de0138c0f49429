"""Two versions side by side: what is recorded of them, and how they judge the same rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import GATE_TAG, ModelVersion
from baton_trainer.gate.comparison import Comparison
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.tracking.version_run import RecordedRun

_OF_ANOTHER_COMPARISON = ("gate_", "production_")

Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Side:
    """What is known of one version.

    Attributes:
        version: from the registry.
        run: from the tracking server; None where it is gone.
        contender: loaded; None where it cannot be.
        reason: why it cannot be loaded.
        record: what is recorded about it; empty where that cannot be read.
    """

    version: ModelVersion
    run: RecordedRun | None
    contender: ComparableModel | None
    reason: str = ""
    record: Manifest = field(default_factory=Manifest)

    @property
    def metrics(self) -> Mapping[str, float]:
        """Its own metrics, without those of the comparison that its gate made."""
        metrics = self.run.metrics if self.run else {}
        return {
            name: value
            for name, value in metrics.items()
            if not name.startswith(_OF_ANOTHER_COMPARISON)
        }

    @property
    def facts(self) -> dict[str, Any]:
        """What the registry and the record say of it."""
        record = self.run.record if self.run else None
        return {
            "gate": self.version.tags.get(GATE_TAG),
            "data_sha256": self.record.data_sha256,
            "code": record.code if record else None,
            "run_id": self.version.run_id or None,
            "onnx_bytes": self.contender.size_bytes if self.contender else None,
        }


@dataclass(frozen=True)
class VersionComparison:
    """Two versions; every pair is the first one's and the second one's.

    Attributes:
        first: the version to start from.
        second: the version to go to.
        comparison: the second with the first on rows that both held out; None where there is none.
        reason: why there is none.
    """

    first: Side
    second: Side
    comparison: Comparison | None = None
    reason: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """The two numbers."""
        return self.first.version.version, self.second.version.version

    @property
    def facts(self) -> dict[str, Pair]:
        """What the registry and the records say."""
        return _pairs(self.first, self.second, lambda side: side.facts)

    @property
    def metrics(self) -> dict[str, Pair]:
        """Every metric of either, None where one lacks it."""
        return _pairs(self.first, self.second, lambda side: side.metrics)

    @property
    def params(self) -> dict[str, Pair]:
        """The parameters that differ."""
        found = _pairs(self.first, self.second, lambda side: side.run.params if side.run else {})
        return {name: pair for name, pair in found.items() if pair[0] != pair[1]}

    @property
    def schema(self) -> list[str]:
        """How the rows that they take differ, from the first to the second."""
        return list(_schema(self.first, self.second))

    def to_json(self) -> dict[str, Any]:
        """The document of `baton compare --json`."""
        return {
            "model_name": self.first.version.name,
            "versions": list(self.names),
            "facts": self.facts,
            "metrics": self.metrics,
            "params": self.params,
            "schema": self.schema,
            "held_out": None if self.comparison is None else _held_out(self.comparison),
            "not_compared": self.reason or None,
        }


def _pairs(first: Side, second: Side, of: Callable[[Side], Mapping[str, Any]]) -> dict[str, Pair]:
    one, two = of(first), of(second)
    return {name: (one.get(name), two.get(name)) for name in {**one, **two}}


def _schema(first: Side, second: Side) -> Iterator[str]:
    if first.contender is None or second.contender is None:
        return
    old, new = first.contender.signature, second.contender.signature
    yield from (f"{each} (breaks callers)" for each in new.breaks(old))
    before = {column.name: column for column in old.columns}
    for column in new.columns:
        known = before.get(column.name)
        if known is None and not column.required:
            yield f"column {column.name!r} is new and optional"
        elif known is not None and known.required and not column.required:
            yield f"column {column.name!r} was required and is optional"
        elif known is not None and known.categories != column.categories:
            counts = f"{len(known.categories)} categories, and {len(column.categories)} now"
            yield f"column {column.name!r} had other categories ({counts})"


def _held_out(comparison: Comparison) -> dict[str, Any]:
    found = comparison.difference
    return {
        "rows": comparison.rows,
        "roc_auc": [found.second, found.first],
        "difference": found.estimate,
        "interval_95": list(found.interval),
        "slices": [
            {
                "column": each.column,
                "value": each.value,
                "rows": each.rows,
                "roc_auc": [each.difference.second, each.difference.first],
                "difference": each.difference.estimate,
                "interval_95": list(each.difference.interval),
            }
            for each in comparison.slices
        ],
        "doubts": list(comparison.doubts),
    }
