"""A column of text cells, typed: missing, boolean, whole or fractional numbers, else text."""

import numpy as np
import pandas as pd

from baton_trainer.errors import DataError

MISSING = ("", "na", "n/a", "nan", "null", "#n/a")
"""What counts as missing, in any case. `None` does not: it is a category in many tables."""

_LEADING_ZERO = r"[+-]?0\d"
_BOOLEANS = {"true": True, "false": False}


def typed(text: pd.Series) -> pd.Series:
    """The column in its own type, one of four, judged by all its cells.

    - `int64`: whole numbers without a gap;
    - `float64`: other numbers, NaN for a gap;
    - `bool`, or with gaps `object` holding None for a gap: `true` and `false` in any case;
    - `object`: text, None for a gap. Numbers with leading zeros are text: they are codes.

    Raises:
        DataError: a number is infinite.
    """
    stripped = text.str.strip()
    present = stripped[~stripped.str.lower().isin(MISSING)]
    has_gaps = len(present) < len(text)
    numbers = _numbers(present)
    if len(numbers):
        if np.isinf(numbers).any():
            raise DataError(f"column {text.name!r} holds an infinite number; mend that row")
        return numbers.astype(np.float64).reindex(text.index) if has_gaps else numbers
    lowered = present.str.lower()
    # Text stays unstripped: callers will send what the file holds.
    is_boolean = lowered.isin(_BOOLEANS).all()
    values = lowered.map(_BOOLEANS) if is_boolean else text.loc[present.index]
    if not has_gaps:
        return values
    filled = values.astype(object).reindex(text.index)
    return filled.where(filled.notna(), None)


def is_text(column: pd.Series) -> bool:
    """Whether a typed column is text, rather than numbers or booleans."""
    return column.dtype == object and not column.dropna().isin(_BOOLEANS.values()).all()


def _numbers(present: pd.Series) -> pd.Series:
    """The cells as numbers; empty where one of them is none, or is a code."""
    numbers = pd.to_numeric(present, errors="coerce")
    if numbers.isna().any() or present.str.match(_LEADING_ZERO).any():
        return numbers.iloc[:0]
    return numbers if numbers.dtype == np.int64 else numbers.astype(np.float64)
