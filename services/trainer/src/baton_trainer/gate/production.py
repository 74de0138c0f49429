"""The version in production, compared with the challenger."""

from collections.abc import Sequence
from dataclasses import dataclass

from baton_registry.errors import AliasNotSet
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.signing import TrustedKey
from baton_trainer.errors import NotComparable, VersionNotLoadable
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
    """

    version: str
    model: ComparableModel | None = None
    comparison: Comparison | None = None
    reason: str = ""


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
    try:
        version = client.resolve_alias(name, alias)
    except AliasNotSet:
        return None
    try:
        model = load_version(client, version, trusted=trusted)
    except VersionNotLoadable as error:
        return Production(version.version, reason=str(error))
    try:
        comparison = compare_models(challenger, model, table)
    except NotComparable as error:
        return Production(version.version, model, reason=str(error))
    return Production(version.version, model, comparison)
