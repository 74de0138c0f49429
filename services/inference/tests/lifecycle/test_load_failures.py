"""What an error during a load means."""

import pytest
from structlog.testing import capture_logs

from baton_engine.engine import EngineError
from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.load_failures import to_load_failure
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
def test_known_errors_keep_their_text(error: Exception, kind: FailureKind) -> None:
    """Each kind of error decides about retries and stands in a metric."""
    failure = to_load_failure(error)
    assert (failure.kind, str(failure)) == (kind, "x")


def test_a_full_disk_names_no_path() -> None:
    """What people see of it is the reason."""
    failure = to_load_failure(OSError(28, "No space left on device", "/secret/path"))
    assert str(failure) == "its files could not be stored: No space left on device"


def test_an_unexpected_error_is_told_in_the_log() -> None:
    """Its text may be anything: only its type is shown elsewhere."""
    with capture_logs() as logs:
        failure = to_load_failure(ZeroDivisionError("private"))
    assert failure.kind is FailureKind.INTERNAL
    assert "private" not in str(failure)
    assert logs[0]["exc_info"]
