"""Missing values in CSV files: one rule for training and bulk scoring."""

BATON_MISSING_TEXTS = frozenset({"", "na", "n/a", "nan", "null", "#n/a"})
"""The texts for a missing value, in lower case. `None` is a category in many tables."""


def is_missing(text: str) -> bool:
    """Whether a cell means a missing value. Case and surrounding white space are ignored."""
    return text.strip().lower() in BATON_MISSING_TEXTS
