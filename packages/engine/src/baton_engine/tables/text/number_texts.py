"""Formats numbers and booleans as categories: one rule for training and scoring.

Whole numbers have no point: 1234 and 1234.0 are `1234`. In a column with fractions, training
formats all numbers as floats: `1.0` and `2.5`. A single row does not show what its column had in
training, so scoring searches for the text that the version knows.
"""

import math
import re
from collections.abc import Container, Sequence
from decimal import Decimal

MAX_WHOLE = 2.0**63
"""Larger floats are formatted with an exponent, as in Python."""

PLAIN_NUMBER = re.compile(r"-?((0|[1-9][0-9]*)(\.[0-9]+)?(e[+-][0-9]{2,})?|inf)")
"""Matches every number that this module formats. `01067` is not one of them."""


def format_plain(value: float | Decimal | None) -> str | None:
    """Formats an integer, boolean, float or decimal; None for None and NaN."""
    if value is None or isinstance(value, bool | int):
        return None if value is None else str(value)
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    number = float(value)
    if math.isnan(number):
        return None
    is_whole = number.is_integer() and abs(number) < MAX_WHOLE
    return str(int(number)) if is_whole else repr(number)


def format_as_trained(plain: Sequence[str | None]) -> list[str | None]:
    """Formats a column of numbers as training does, from their plain texts."""
    if all(text is None or float(text) % 1 == 0 for text in plain):
        return [*plain]
    return [None if text is None else repr(float(text)) for text in plain]


def find_known_text(plain: str, known: Container[str]) -> str:
    """Finds the known text for the same number; else returns the plain text."""
    if plain in known:
        return plain
    number = float(plain)
    # Older versions know rounded texts for integers beyond 2^53.
    is_whole = number.is_integer() and abs(number) < MAX_WHOLE
    rounded = str(int(number)) if is_whole else plain
    return next((text for text in (repr(number), rounded) if text in known), plain)
