"""Failures of object stores."""

import errno

import pytest

from baton_common.object_stores import describe_error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (FileNotFoundError(errno.ENOENT, "No such container"), "No such container"),
        (FileNotFoundError("b/absent/o"), "no such bucket or file"),
        (OSError("Forbidden: https://store/x\nmore"), "Forbidden: https://store/x"),
        (ValueError(), "ValueError"),
    ],
)
def test_error_is_one_line(error: Exception, text: str) -> None:
    """Whether the library fills in `strerror`, a path, a text of several lines, or nothing."""
    assert describe_error(error) == text
