"""Which cells of a CSV file say nothing: one rule for training and for bulk scoring."""

MISSING_TEXTS = frozenset({"", "na", "n/a", "nan", "null", "#n/a"})
"""What counts as missing, in any case. `None` does not: it is a category in many tables."""


def is_missing(text: str) -> bool:
    """Whether a cell means a missing value; white space around it, or alone, says nothing."""
    return text.strip().lower() in MISSING_TEXTS
