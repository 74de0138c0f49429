"""The gate: may this version go to production? A pure decision, and the look at production."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from baton_engine.engine import EngineError
from baton_engine.onnx_engine import OnnxEngine
from baton_registry.client import RegistryClient
from baton_registry.errors import AliasNotSet, ArtifactNotFound, ChecksumMismatch, InvalidModel
from baton_registry.fetch import fetch
from baton_registry.guard import GATE_PASSED
from baton_registry.signature import Column
from baton_trainer import cells, evaluation, scoring
from baton_trainer.evaluation import Outcome
from baton_trainer.export import MAX_ABS_DIFF, Parity

MARGIN = 0.01
"""How far the ROC AUC on the held-out rows may fall below production's."""


@dataclass(frozen=True)
class Production:
    """What is known of the version in production.

    Attributes:
        version: its number.
        roc_auc: on the challenger's held-out rows; None where it could not be scored.
        obstacle: why its callers' rows are not these; empty where they are.
        warning: why it could not be looked at at all; empty where it could.
    """

    version: str
    roc_auc: float | None = None
    obstacle: str = ""
    warning: str = ""


def verdict(parity: Parity, roc_auc: float, production: Production | None) -> str:
    """The text of the gate's tag: `passed`, or `failed: why`.

    Args:
        parity: of the challenger's ONNX model with its pipeline.
        roc_auc: the challenger's, on the held-out rows.
        production: None where nothing is in production.
    """
    if not parity.holds:
        return (
            f"failed: the ONNX model differs from the pipeline by {parity.max_abs_diff:.1e} at "
            f"most, with {parity.flips} other labels in {parity.rows} rows; allowed are "
            f"{MAX_ABS_DIFF:.0e} and none"
        )
    if production is None:
        return GATE_PASSED
    if production.obstacle:
        return f"failed: cannot be compared with version {production.version} in production: " + (
            production.obstacle
        )
    if production.roc_auc is not None and roc_auc < production.roc_auc - MARGIN:
        return (
            f"failed: ROC AUC {roc_auc:.4f} on the held-out rows is more than {MARGIN} below the "
            f"{production.roc_auc:.4f} of version {production.version} in production"
        )
    return GATE_PASSED


def look_at_production(
    client: RegistryClient, name: str, alias: str, features: pd.DataFrame, target: pd.Series
) -> Production | None:
    """Scores the version that the alias points to on rows that it did not learn from.

    Raises:
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry refused for an unknown reason.
    """
    try:
        version = client.resolve_alias(name, alias)
    except AliasNotSet:
        return None
    try:
        with tempfile.TemporaryDirectory(prefix="baton-gate-") as directory:
            fetched = fetch(client, version, Path(directory))
            engine = OnnxEngine(fetched.onnx, fetched.mlmodel.signature)
            columns = fetched.mlmodel.signature.columns
    except (InvalidModel, ArtifactNotFound, ChecksumMismatch, EngineError) as error:
        return Production(version.version, warning=str(error))
    if obstacle := _obstacle(engine, columns, features, target):
        return Production(version.version, obstacle=obstacle)
    probabilities = scoring.score(engine, columns, features).probabilities
    outcome = Outcome.of(engine.classes, target, probabilities)
    return Production(version.version, roc_auc=evaluation.roc_auc(outcome))


def _obstacle(
    engine: OnnxEngine, columns: tuple[Column, ...], features: pd.DataFrame, target: pd.Series
) -> str:
    """Why these rows cannot be given to the engine, or say nothing of it; empty where they can."""
    if set(engine.classes) != (now := set(target.unique().tolist())):
        shown = sorted(map(str, now ^ set(engine.classes)))
        return f"its classes are others ({', '.join(shown[:3])})"
    for column in columns:
        if column.name not in features:
            return f"it needs column {column.name!r}, which these rows do not have"
        if reason := _misfit(column, features[column.name]):
            return f"column {column.name!r} {reason}"
    return ""


def _misfit(column: Column, values: pd.Series) -> str:
    if column.required and values.isna().any():
        return "has gaps here, which it does not take"
    is_text = cells.is_text(values)
    if is_text != (column.type == "string"):
        return f"is {column.type} there and {'text' if is_text else 'numbers'} here"
    present = values.dropna()
    if column.type in ("integer", "long") and (present.astype(float) % 1 != 0).any():
        return "is whole numbers there and fractions here"
    return ""
