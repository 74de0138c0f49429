"""How a number or a boolean is written where it is a category: one rule for training and scoring.

A whole number has no point: 1234 and 1234.0 are `1234`. Training writes a column with fractions as
Python writes floats, whole numbers included: 1.0 and 2.5 are `1.0` and `2.5`. A single row does not
say what its column held in training, so scoring looks for the text that the version knows.
"""

import math
import re
from collections.abc import Container, Sequence
from decimal import Decimal

MAX_WHOLE = 2.0**63
"""Floats beyond it are written with an exponent, as Python does."""

PLAIN_NUMBER = re.compile(r"-?((0|[1-9][0-9]*)(\.[0-9]+)?(e[+-][0-9]{2,})?|inf)")
"""Every text that this module writes for a number. `01067` is none: no number is written so."""


def format_plain(value: float | Decimal | None) -> str | None:
    """The text of an integer, a boolean, a float or a decimal; None for a gap and for NaN."""
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
    """The texts that training makes of a whole column of numbers, from their plain texts."""
    if all(text is None or float(text) % 1 == 0 for text in plain):
        return [*plain]
    return [None if text is None else repr(float(text)) for text in plain]


def find_known_text(plain: str, known: Container[str]) -> str:
    """The text that means the same number among those that a version knows; else the plain one."""
    if plain in known:
        return plain
    number = float(plain)
    # Versions trained before integers beyond 2^53 were read exactly know the rounded ones.
    rounded = str(int(number)) if abs(number) < MAX_WHOLE else plain
    return next((text for text in (repr(number), rounded) if text in known), plain)
