"""Numbers as categories."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.tables.text.number_texts import (
    PLAIN_NUMBER,
    find_known_text,
    format_as_trained,
    format_plain,
)

decimals = st.decimals(-(10**38), 10**38, allow_nan=False, places=9)
numbers = st.integers(-(2**70), 2**70) | st.floats() | decimals


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1067, "1067"),
        (1067.0, "1067"),
        (1e3, "1000"),
        (-0.0, "0"),
        (2.5, "2.5"),
        (1e20, "1e+20"),
        (1e-7, "1e-07"),
        (2**63 + 1, "9223372036854775809"),
        (Decimal("1.50"), "1.5"),
        (Decimal("12345678901234567890.00"), "12345678901234567890"),
        (True, "True"),
        (math.inf, "inf"),
        (math.nan, None),
        (None, None),
    ],
)
def test_plain_texts(value: Any, text: str | None) -> None:
    """Whole numbers have no point; nothing is rounded."""
    assert format_plain(value) == text


def test_column_with_fractions_is_formatted_as_floats() -> None:
    assert format_as_trained(["1", "2.5", None]) == ["1.0", "2.5", None]
    assert format_as_trained(["1", "2", None]) == ["1", "2", None]


def test_known_text_is_found() -> None:
    """Whole, as a float, or rounded; unknown numbers do not change."""
    assert find_known_text("1", {"1", "2"}) == "1"
    assert find_known_text("1", {"1.0", "2.5"}) == "1.0"
    assert find_known_text("9007199254740993", {"9007199254740992"}) == "9007199254740992"
    assert find_known_text("3", {"1"}) == "3"
    assert find_known_text("1.5", {"1"}) == "1.5"  # another number, which the model does not know


@given(numbers)
def test_every_formatted_number_matches_the_pattern(value: Any) -> None:
    text = format_plain(value)
    assert text is None or PLAIN_NUMBER.fullmatch(text)
    (as_float,) = format_as_trained([text])
    assert as_float is None or PLAIN_NUMBER.fullmatch(as_float)
