"""MLflow registry client over its documented REST API, and the promotion ledger."""

from baton_registry.errors import (
    AliasNotSet,
    ArtifactNotFound,
    ChecksumMismatch,
    InvalidModel,
    NothingToRollBackTo,
    NotSigned,
    PromotionRefused,
    RegistryError,
    RegistryMisconfigured,
    RegistryRefused,
    RegistryUnavailable,
    VersionNotFound,
    VersionNotReady,
)
from baton_registry.promotion.alias_moves import promote, rollback
from baton_registry.promotion.history import sync_and_read_moves
from baton_registry.promotion.ledger import Move
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import FetchedModel, fetch, reopen
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import Label
from baton_registry.versions.schema import Column, Schema

__all__ = [
    "AliasNotSet",
    "ArtifactNotFound",
    "ChecksumMismatch",
    "Column",
    "FetchedModel",
    "InvalidModel",
    "Label",
    "ModelVersion",
    "Move",
    "NotSigned",
    "NothingToRollBackTo",
    "PromotionRefused",
    "RegistryClient",
    "RegistryError",
    "RegistryMisconfigured",
    "RegistryRefused",
    "RegistryUnavailable",
    "Schema",
    "VersionNotFound",
    "VersionNotReady",
    "fetch",
    "promote",
    "reopen",
    "rollback",
    "sync_and_read_moves",
]
