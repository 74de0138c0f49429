"""Detects columns of dates and times of day by their form."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

_DAY, _MONTH, _YEAR = r"(0?[1-9]|[12]\d|3[01])", r"(0?[1-9]|1[0-2])", r"(19|20)\d\d"
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TIME = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d+)?)?( ?[ap]\.?m\.?)?"
_ZONE = r"( ?(z|utc|gmt|[+-]\d\d:?(\d\d)?))?"
_DATES = (
    rf"{_YEAR}(?P<a>[-/.]){_MONTH}(?P=a){_DAY}",  # ISO 8601 and similar
    rf"{_DAY}(?P<b>[-/.]){_MONTH}(?P=b)({_YEAR}|\d\d)",
    rf"{_MONTH}(?P<c>[-/]){_DAY}(?P=c)({_YEAR}|\d\d)",
    rf"{_DAY}[- ]{_NAME}[- ,]+({_YEAR}|\d\d)",
    rf"{_NAME} {_DAY},? {_YEAR}",
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (*(rf"{date}([t ]{_TIME}{_ZONE})?" for date in _DATES), _TIME)
)
_FIRST, _LAST = 1900_01_01, 2099_12_31


def are_dates(texts: Iterable[str]) -> bool:
    """Whether all texts are dates or times of day in one form; False if there are none."""
    stripped = [text.strip() for text in texts]
    return any(stripped and all(map(form.fullmatch, stripped)) for form in _FORMS)


def are_dates_in_digits(numbers: pd.Series) -> bool:
    """Whether all whole numbers are dates of the calendar such as 20241231."""
    if not len(numbers) or numbers.min() < _FIRST or numbers.max() > _LAST:
        return False
    texts = pd.Series(numbers.unique()).astype(np.int64).astype(str)
    return bool(pd.to_datetime(texts, format="%Y%m%d", errors="coerce").notna().all())
