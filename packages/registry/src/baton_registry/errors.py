"""Errors of the registry client.

RegistryError
├── RegistryMisconfigured a proxy or certificate setting is invalid
├── RegistryUnavailable   no usable answer (time-out, 5xx, not JSON)
├── RegistryRefused       the registry rejected the request (4xx); carries MLflow's error code
├── AliasNotSet           the model has no such alias, or does not exist
├── VersionNotFound       the model has no such version
├── VersionNotReady       the version is not READY
├── ArtifactNotFound      the version has no such file
├── ChecksumMismatch      a file does not match its recorded checksum
├── NotSigned             no trusted key signed the version as it is now
├── InvalidModel          Baton cannot serve the version; the message says why
├── PromotionRefused      a check before the alias move failed
└── NothingToRollBackTo   the ledger has no earlier version

Every message is one line: what failed, where, and what to do.
"""

from typing import Self


class RegistryError(Exception):
    """The base class of this package's errors."""


class RegistryMisconfigured(RegistryError):
    """A proxy or certificate setting for the registry is invalid."""


class RegistryUnavailable(RegistryError):
    """The registry gave no usable answer."""


class RegistryRefused(RegistryError):
    """The registry rejected the request with a 4xx.

    Attributes:
        error_code: MLflow's code, e.g. `RESOURCE_DOES_NOT_EXIST`.
        status: the HTTP status.
    """

    def __init__(self, message: str, *, error_code: str, status: int) -> None:
        super().__init__(message)
        self.error_code = error_code
        self.status = status


class AliasNotSet(RegistryError):
    """The registered model does not exist, or has no such alias."""

    @classmethod
    def for_alias(cls, name: str, alias: str) -> Self:
        """Creates the error for an alias of a model."""
        return cls(f"alias {alias!r} of model {name!r} is not set; promote a version")


class VersionNotFound(RegistryError):
    """The registered model has no such version."""


class VersionNotReady(RegistryError):
    """The version is not READY: its registration is pending or failed."""


class ArtifactNotFound(RegistryError):
    """The version has no such file."""


class ChecksumMismatch(RegistryError):
    """A file's SHA-256 is not the recorded one, or the record does not list the file."""


class NotSigned(RegistryError):
    """No trusted key signed the version as it is now."""


class InvalidModel(RegistryError):
    """Baton cannot serve the version: no ONNX model, no column schema, or an unreadable file."""


class PromotionRefused(RegistryError):
    """A check before the alias move failed."""


class NothingToRollBackTo(RegistryError):
    """The ledger has no earlier version."""
