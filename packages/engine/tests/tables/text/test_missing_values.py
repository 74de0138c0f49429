"""Missing values."""

import pytest

from baton_engine.tables.text.missing_values import is_missing


@pytest.mark.parametrize("text", ["", " ", "\t", "NA", "n/a", " NaN ", "NULL", "#N/A"])
def test_missing(text: str) -> None:
    """In any case and with white space."""
    assert is_missing(text)


@pytest.mark.parametrize("text", ["None", "none", "-nan", "<NA>", "0", "-", "No"])
def test_not_missing(text: str) -> None:
    """A category in many tables, though pandas reads some as missing."""
    assert not is_missing(text)
