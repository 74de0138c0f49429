"""The one speaker of the registry protocol: MLflow's documented REST API, and the ledger on it."""

from baton_registry.client import RegistryClient
from baton_registry.errors import (
    AliasNotSet,
    ArtifactNotFound,
    ChecksumMismatch,
    InvalidModel,
    NothingToRollBackTo,
    NotSigned,
    PromotionRefused,
    RegistryError,
    RegistryRefused,
    RegistryUnavailable,
    VersionNotFound,
)
from baton_registry.fetch import FetchedModel, fetch, reopen
from baton_registry.ledger import Move
from baton_registry.model_version import ModelVersion
from baton_registry.promotion import history, promote, rollback
from baton_registry.signature import Column, Label, Signature

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
    "RegistryRefused",
    "RegistryUnavailable",
    "Signature",
    "VersionNotFound",
    "fetch",
    "history",
    "promote",
    "reopen",
    "rollback",
]
