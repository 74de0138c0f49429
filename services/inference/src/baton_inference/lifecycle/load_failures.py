"""What an error during a load means for the version."""

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
    """What the error means for the version."""
    if isinstance(error, LoadFailure):
        return error
    if isinstance(error, OSError):
        return LoadFailure(
            FailureKind.FETCH, f"its files could not be stored: {describe_disk_error(error)}"
        )
    if type(error) in _KINDS:
        return LoadFailure(_KINDS[type(error)], str(error))
    log.error("a load failed unexpectedly", exc_info=error)
    return LoadFailure(
        FailureKind.INTERNAL, f"unexpected {type(error).__name__}; the log says more"
    )


def describe_disk_error(error: OSError) -> str:
    """What is wrong with the disk, without a path."""
    return error.strerror or type(error).__name__
