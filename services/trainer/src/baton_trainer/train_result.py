"""The result of a training run."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton_registry.versions.model_version import GATE_PASSED


@dataclass(frozen=True)
class TrainResult:
    """A registered version.

    Attributes:
        version: its number.
        run_id: the id of its MLflow run.
        gate: the text of the gate's tag, `passed` or `failed: why`.
        metrics: by name, as logged.
    """

    version: str
    run_id: str
    gate: str
    metrics: Mapping[str, float]

    @property
    def gate_passed(self) -> bool:
        """Whether the version may be promoted."""
        return self.gate == GATE_PASSED
