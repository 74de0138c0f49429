"""Errors during a load, as load failures with a kind and a reason."""

import structlog

from baton_engine.engine import EngineError
from baton_inference.errors import FailureKind, LoadFailure
from baton_registry.errors import (
    ArtifactNotFound,
    ChecksumMismatch,
    InvalidModel,
    NotSigned,
    RegistryRefused,
    RegistryUnavailable,
    VersionNotFound,
    VersionNotReady,
)

log = structlog.get_logger("baton.loader")


_KINDS: dict[type[Exception], FailureKind] = {
    ChecksumMismatch: FailureKind.CHECKSUM,
    NotSigned: FailureKind.SIGNATURE,
    InvalidModel: FailureKind.INVALID,
    ArtifactNotFound: FailureKind.INVALID,
    VersionNotFound: FailureKind.INVALID,
    VersionNotReady: FailureKind.FETCH,
    RegistryUnavailable: FailureKind.FETCH,
    RegistryRefused: FailureKind.FETCH,
    EngineError: FailureKind.ENGINE,
}


def to_load_failure(error: Exception) -> LoadFailure:
    """Converts an error to a load failure. Logs it if no known error has its type."""
    if isinstance(error, LoadFailure):
        return error
    if isinstance(error, OSError):
        reason = f"the version's files cannot be stored: {describe_disk_error(error)}"
        return LoadFailure(FailureKind.FETCH, reason)
    if type(error) in _KINDS:
        return LoadFailure(_KINDS[type(error)], str(error))
    log.error("the load failed with an unexpected error", exc_info=error)
    reason = f"unexpected {type(error).__name__}; see the service's log"
    return LoadFailure(FailureKind.INTERNAL, reason)


def describe_disk_error(error: OSError) -> str:
    """Describes a disk error without its path."""
    return error.strerror or type(error).__name__
