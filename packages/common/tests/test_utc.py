"""Time formatting."""

from datetime import datetime, timedelta, timezone

import pytest

from baton_common.utc import format_utc


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (1_795_428_000, "2026-11-23T10:00:00.000Z"),
        (0.0015, "1970-01-01T00:00:00.001Z"),
        (
            datetime(2026, 11, 23, 12, 0, 0, 999_999, timezone(timedelta(hours=2))),
            "2026-11-23T10:00:00.999Z",
        ),
    ],
)
def test_times_are_utc_with_milliseconds(at: datetime | float, text: str) -> None:
    """POSIX timestamps and times in any zone; smaller fractions are dropped."""
    assert format_utc(at) == text
