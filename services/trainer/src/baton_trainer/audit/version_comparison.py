"""Two versions compared: their facts, and their scores on the same rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import GATE_TAG, ModelVersion
from baton_registry.versions.schema_breaks import find_breaks
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.comparison import Comparison
from baton_trainer.tracking.version_run import VersionRun

_GATE_METRICS = ("gate_", "production_")
"""Prefixes of the metrics of the gate, which compared the version with another one."""

Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Side:
    """One of the two versions.

    Attributes:
        version: from the registry.
        run: from the tracking server; None if it no longer exists.
        model: loaded; None if it cannot be loaded.
        reason: why it cannot be loaded.
        manifest: empty if it cannot be read.
    """

    version: ModelVersion
    run: VersionRun | None
    model: ComparableModel | None
    reason: str = ""
    manifest: Manifest = field(default_factory=Manifest)

    @property
    def metrics(self) -> Mapping[str, float]:
        """Its own metrics, without the gate's."""
        metrics = self.run.metrics if self.run else {}
        return {
            name: value for name, value in metrics.items() if not name.startswith(_GATE_METRICS)
        }

    @property
    def params(self) -> Mapping[str, str]:
        """Its parameters."""
        return self.run.params if self.run else {}

    @property
    def facts(self) -> dict[str, Any]:
        """Its facts from the registry and the run record."""
        record = self.run.record if self.run else None
        return {
            "gate": self.version.tags.get(GATE_TAG),
            "data_sha256": self.manifest.data_sha256,
            "code": record.code if record else None,
            "run_id": self.version.run_id or None,
            "onnx_bytes": self.model.size_bytes if self.model else None,
        }


@dataclass(frozen=True)
class VersionComparison:
    """Two versions; in each pair the first version's value is first.

    Attributes:
        first: the version to start from.
        second: the version to go to.
        comparison: the second with the first, on rows that both held out; None if there is none.
        reason: why there is no comparison.
    """

    first: Side
    second: Side
    comparison: Comparison | None = None
    reason: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """The two version numbers."""
        return self.first.version.version, self.second.version.version

    @property
    def facts(self) -> dict[str, Pair]:
        """The facts of both."""
        return self._pair(lambda side: side.facts)

    @property
    def metrics(self) -> dict[str, Pair]:
        """Every metric of either version; None if one version lacks it."""
        return self._pair(lambda side: side.metrics)

    @property
    def params(self) -> dict[str, Pair]:
        """The parameters that differ."""
        pairs = self._pair(lambda side: side.params)
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def schema(self) -> list[str]:
        """The changes of the schema from the first to the second version, a line each."""
        return list(_describe_schema_changes(self.first, self.second))

    def _pair(self, read: Callable[[Side], Mapping[str, Any]]) -> dict[str, Pair]:
        one, two = read(self.first), read(self.second)
        return {name: (one.get(name), two.get(name)) for name in {**one, **two}}

    def to_json(self) -> dict[str, Any]:
        """The document of `baton compare --json`."""
        return {
            "model_name": self.first.version.name,
            "versions": list(self.names),
            "facts": self.facts,
            "metrics": self.metrics,
            "params": self.params,
            "schema": self.schema,
            "held_out": None if self.comparison is None else _comparison_to_json(self.comparison),
            "not_compared": self.reason or None,
        }


def _describe_schema_changes(first: Side, second: Side) -> Iterator[str]:
    if first.model is None or second.model is None:
        return
    old, new = first.model.schema, second.model.schema
    yield from (f"{each} (breaks callers)" for each in find_breaks(old, new))
    before = {column.name: column for column in old.columns}
    for column in new.columns:
        previous = before.get(column.name)
        if previous is None and not column.required:
            yield f"column {column.name!r} is new and optional"
        elif previous is not None and previous.required and not column.required:
            yield f"column {column.name!r} was required and is optional"
        elif previous is not None and previous.categories != column.categories:
            counts = f"{len(previous.categories)} before, {len(column.categories)} now"
            yield f"column {column.name!r} has different categories ({counts})"


def _comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    difference = comparison.difference
    return {
        "rows": comparison.rows,
        difference.metric.name: [difference.second, difference.first],
        "difference": difference.estimate,
        "interval_95": list(difference.interval),
        "slices": [
            {
                "column": part.column,
                "value": part.value,
                "rows": part.rows,
                part.difference.metric.name: [part.difference.second, part.difference.first],
                "difference": part.difference.estimate,
                "interval_95": list(part.difference.interval),
            }
            for part in comparison.slices
        ],
        "doubts": list(comparison.warnings),
    }
