"""What can go wrong between us and the registry.

RegistryError
├── RegistryMisconfigured a proxy or certificate that the environment names is of no use
├── RegistryUnavailable   no answer, or none that can be used (time-out, 5xx, not JSON)
├── RegistryRefused       an answer that says no (4xx); carries MLflow's error code
├── AliasNotSet           the registry answered: this model has no such alias, or is unknown
├── VersionNotFound       the registry answered: no such version
├── VersionNotReady       the registry says that the version is not READY
├── ArtifactNotFound      the version has no such file
├── ChecksumMismatch      a file is not the one whose checksum was recorded
├── NotSigned             no trusted key has signed the version, or not what it is now
├── InvalidModel          the version's MLmodel cannot be served; the text says why
├── PromotionRefused      a check before the alias move said no
└── NothingToRollBackTo   the ledger knows no earlier version

Every text is one line: what, where, a hint.
"""

from typing import Self


class RegistryError(Exception):
    """The root: everything that this package raises on purpose."""


class RegistryMisconfigured(RegistryError):
    """What the environment says about the way to the registry cannot be used."""


class RegistryUnavailable(RegistryError):
    """No answer, or none that can be used."""


class RegistryRefused(RegistryError):
    """The registry answered with a 4xx.

    Attributes:
        error_code: MLflow's code, e.g. `RESOURCE_DOES_NOT_EXIST`.
        status: the HTTP status.
    """

    def __init__(self, message: str, *, error_code: str, status: int) -> None:
        super().__init__(message)
        self.error_code = error_code
        self.status = status


class AliasNotSet(RegistryError):
    """The registered model is unknown, or has no such alias."""

    @classmethod
    def for_alias(cls, name: str, alias: str) -> Self:
        """The error of this alias of this model."""
        return cls(f"alias {alias!r} of model {name!r} is not set; promote a version")


class VersionNotFound(RegistryError):
    """The registered model has no such version."""


class VersionNotReady(RegistryError):
    """The registry does not call the version READY: it is being registered, or that failed."""


class ArtifactNotFound(RegistryError):
    """The version has no such file."""


class ChecksumMismatch(RegistryError):
    """A file's SHA-256 is not the recorded one, or none is recorded for it among others."""


class NotSigned(RegistryError):
    """No trusted key has signed the version, or what it signed is not what the version is now."""


class InvalidModel(RegistryError):
    """The version cannot be served by Baton: no ONNX model, no column schema, unreadable."""


class PromotionRefused(RegistryError):
    """A check before the alias move said no."""


class NothingToRollBackTo(RegistryError):
    """No earlier version is known."""
