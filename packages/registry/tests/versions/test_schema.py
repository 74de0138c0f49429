"""What schemas say of each other."""

from baton_registry.versions.schema import MAX_LISTED, Column, Schema, format_breaks


def test_of_very_many_breaks_the_first_are_listed() -> None:
    """A tag of MLflow holds 100,000 characters; a wide table breaks in thousands of places."""
    wide = Schema(tuple(Column(f"probe_{number}", "double") for number in range(20_531)))
    breaks = Schema(()).find_breaks(wide)
    text = format_breaks(breaks, ", ")
    assert text.count(" is gone") == MAX_LISTED
    assert text.endswith(", and 20,521 more")
    assert format_breaks(breaks[:2], "; ") == "column 'probe_0' is gone; column 'probe_1' is gone"
