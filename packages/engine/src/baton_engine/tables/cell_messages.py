"""The messages about bad cells. One cell gets the same message from every reader."""

MISSING_MESSAGE = "is missing; the column is required"
ABSENT_MESSAGE = "is missing"
"""For a required column that a request omits."""
FRACTION_MESSAGE = "must be a whole number, not a fraction"


def format_range_message(kind: str) -> str:
    """Formats the message for a number that does not fit its column's type."""
    return f"is beyond the range of the column's type, {kind}"
