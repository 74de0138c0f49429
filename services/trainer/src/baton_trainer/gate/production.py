"""The version in production, compared with the challenger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from baton_registry.errors import AliasNotSet
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.manifest import Figures
from baton_registry.versions.signing import TrustedKey
from baton_trainer.errors import NotComparable, VersionNotLoadable
from baton_trainer.gate.answer_change import AnswerChange, measure_answer_change
from baton_trainer.gate.comparable_model import ComparableModel, load_version
from baton_trainer.gate.comparison import Comparison, compare_models
from baton_trainer.tables.table import Table


@dataclass(frozen=True)
class Production:
    """The version in production.

    Attributes:
        version: its number.
        model: loaded; None if it cannot be loaded.
        comparison: the challenger (first) with it (second); None if they cannot be compared.
        reason: why `model` or `comparison` is None.
        change: how far the challenger's answers differ; None if that is unknown.
    """

    version: str
    model: ComparableModel | None = None
    comparison: Comparison | None = None
    reason: str = ""
    change: AnswerChange | None = None

    @property
    def change_figures(self) -> Figures:
        """How far the challenger's answers differ, by name; empty if that is unknown."""
        return self.change.to_figures(self.version) if self.change else {}


def compare_with_production(  # noqa: PLR0913 - both models, their rows, and the trusted keys
    client: RegistryClient,
    name: str,
    alias: str,
    challenger: ComparableModel,
    table: Table,
    *,
    trusted: Sequence[TrustedKey],
) -> Production | None:
    """Compares the challenger with the alias's version; None if the alias is not set.

    A version that no trusted key has signed is not opened.

    Raises:
        RegistryUnavailable: the registry did not answer.
        RegistryRefused: the registry refused for an unknown reason.
    """
    found = _load_production(client, name, alias, trusted)
    if found is None or found.model is None:
        return found
    try:
        comparison = compare_models(challenger, found.model, table)
    except NotComparable as error:
        return replace(found, reason=str(error))
    return replace(found, comparison=comparison, change=comparison.change)


def measure_change_from_production(  # noqa: PLR0913 - both models, their rows, and the trusted keys
    client: RegistryClient,
    name: str,
    alias: str,
    challenger: ComparableModel,
    features: pd.DataFrame,
    *,
    trusted: Sequence[TrustedKey],
) -> Production | None:
    """Measures how far the challenger's answers differ; None if the alias is not set.

    This needs no target, and works for every task. Only rows that both models accept count.

    Raises:
        RegistryUnavailable: the registry did not answer.
        RegistryRefused: the registry refused for an unknown reason.
    """
    found = _load_production(client, name, alias, trusted)
    if found is None or found.model is None:
        return found
    try:
        return replace(found, change=_measure_change(challenger, found.model, features))
    except NotComparable as error:
        return replace(found, reason=str(error))


def _measure_change(
    challenger: ComparableModel, production: ComparableModel, features: pd.DataFrame
) -> AnswerChange:
    schema = challenger.engine.output_schema
    if production.engine.output_schema != schema:
        raise NotComparable(f"{production.name} has another task, other classes or other outputs")
    for model in (challenger, production):
        if obstacle := model.find_column_obstacle(features):
            raise NotComparable(f"{model.name}: {obstacle}")
    rows = features[challenger.accepts(features) & production.accepts(features)]
    if rows.empty:
        raise NotComparable(f"no row has all values that {production.name} requires")
    return measure_answer_change(schema, challenger.score(rows), production.score(rows))


def _load_production(
    client: RegistryClient, name: str, alias: str, trusted: Sequence[TrustedKey]
) -> Production | None:
    try:
        version = client.resolve_alias(name, alias)
    except AliasNotSet:
        return None
    try:
        return Production(version.version, load_version(client, version, trusted=trusted))
    except VersionNotLoadable as error:
        return Production(version.version, reason=str(error))
