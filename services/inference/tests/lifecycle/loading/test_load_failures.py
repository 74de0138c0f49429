"""Errors during a load, as load failures."""

import pytest
from structlog.testing import capture_logs

from baton_engine.engine import EngineError
from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.loading.load_failures import to_load_failure
from baton_registry.errors import ChecksumMismatch, NotSigned, RegistryUnavailable


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ChecksumMismatch("x"), FailureKind.CHECKSUM),
        (NotSigned("x"), FailureKind.SIGNATURE),
        (RegistryUnavailable("x"), FailureKind.FETCH),
        (EngineError("x"), FailureKind.ENGINE),
        (LoadFailure(FailureKind.WARM_UP, "x"), FailureKind.WARM_UP),
    ],
    ids=lambda value: type(value).__name__,
)
def test_known_errors_keep_their_message(error: Exception, kind: FailureKind) -> None:
    """The kind determines retries and is a metric label."""
    failure = to_load_failure(error)
    assert (failure.kind, str(failure)) == (kind, "x")


def test_disk_errors_are_reported_without_a_path() -> None:
    """The reason is public, the path is not."""
    failure = to_load_failure(OSError(28, "No space left on device", "/secret/path"))
    assert failure.kind is FailureKind.FETCH
    assert "No space left on device" in str(failure)
    assert "/secret/path" not in str(failure)


def test_unexpected_errors_are_logged() -> None:
    """The message may contain private values, so only the log has it."""
    with capture_logs() as logs:
        failure = to_load_failure(ZeroDivisionError("private"))
    assert failure.kind is FailureKind.INTERNAL
    assert "private" not in str(failure)
    assert logs[0]["exc_info"]
