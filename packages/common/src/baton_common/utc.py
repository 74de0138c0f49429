"""Formats times."""

from datetime import UTC, datetime


def format_utc(at: datetime | float) -> str:
    """Formats a time, or a POSIX timestamp, as `2026-11-23T10:00:00.000Z`."""
    moment = at.astimezone(UTC) if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
