"""The version in production, as the challenger's rival."""

from collections.abc import Sequence
from dataclasses import dataclass

from baton_registry.errors import AliasNotSet
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.signing import TrustedKey
from baton_trainer.errors import NotComparable, VersionNotLoadable
from baton_trainer.gate import comparable_model
from baton_trainer.gate.comparison import Comparison, compared
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.tables.table import Table


@dataclass(frozen=True)
class Production:
    """What is known of the version in production.

    Attributes:
        version: its number.
        contender: loaded; None where it could not be.
        comparison: the challenger (first) with it (second); None where they cannot be compared.
        reason: why one of them is None.
    """

    version: str
    contender: ComparableModel | None = None
    comparison: Comparison | None = None
    reason: str = ""


def look(  # noqa: PLR0913 - what is compared, where it is, and who is trusted
    client: RegistryClient,
    name: str,
    alias: str,
    challenger: ComparableModel,
    table: Table,
    *,
    trusted: Sequence[TrustedKey],
) -> Production | None:
    """Compares the challenger with what the alias points to; None where it points to nothing.

    A version that no trusted key has signed is not opened.

    Raises:
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry refused for an unknown reason.
    """
    try:
        version = client.resolve_alias(name, alias)
    except AliasNotSet:
        return None
    try:
        rival = comparable_model.load_version(client, version, trusted=trusted)
    except VersionNotLoadable as error:
        return Production(version.version, reason=str(error))
    try:
        comparison = compared(challenger, rival, table)
    except NotComparable as error:
        return Production(version.version, rival, reason=str(error))
    return Production(version.version, rival, comparison)
