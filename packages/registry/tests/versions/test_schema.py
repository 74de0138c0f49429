"""Comparison of schemas."""

from baton_registry.versions.schema import MAX_LISTED, Column, Schema, format_breaks


def test_long_lists_of_breaks_are_truncated() -> None:
    """A tag of MLflow holds 100,000 characters, and a wide table has thousands of breaks."""
    wide = Schema(tuple(Column(f"probe_{number}", "double") for number in range(20_531)))
    breaks = Schema(()).find_breaks(wide)
    text = format_breaks(breaks, ", ")
    assert text.count(" is gone") == MAX_LISTED
    assert text.endswith(", and 20,521 more")
    assert format_breaks(breaks[:2], "; ") == "column 'probe_0' is gone; column 'probe_1' is gone"
