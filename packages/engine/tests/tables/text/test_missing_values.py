"""What means a missing value."""

import pytest

from baton_engine.tables.text.missing_values import is_missing


@pytest.mark.parametrize("text", ["", " ", "\t", "NA", "n/a", " NaN ", "NULL", "#N/A"])
def test_a_gap(text: str) -> None:
    """The usual words for nothing, in any case and amid white space."""
    assert is_missing(text)


@pytest.mark.parametrize("text", ["None", "none", "-nan", "<NA>", "0", "-", "No"])
def test_no_gap(text: str) -> None:
    """What is a category in many tables, though pandas would read some as missing."""
    assert not is_missing(text)
