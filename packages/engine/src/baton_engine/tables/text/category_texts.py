"""Matches numbers, booleans, dates and times with the text categories of a version."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from baton_engine.tables.text.number_texts import PLAIN_NUMBER, find_known_text
from baton_engine.tables.values import Form, Texts

_PATTERNS: Mapping[Form, re.Pattern[str]] = {
    "number": PLAIN_NUMBER,
    "boolean": re.compile("True|False"),
    # ISO 8601 dates, times and durations, as Arrow writes them
    "time": re.compile(r"[-+]?[0-9]{4,}-[0-9]{2}-[0-9]{2}.*|[0-9]{2}:[0-9]{2}:[0-9]{2}.*|-?P.*"),
}


@lru_cache(maxsize=1024)
def can_come_from(categories: tuple[str, ...], form: Form) -> bool:
    """Whether the categories can come from values of this form in training.

    `male` and `01067` cannot come from numbers, so the version was not trained on numbers. Returns
    False if no categories are recorded.
    """
    return bool(categories) and all(map(_PATTERNS[form].fullmatch, categories))


def match_categories(texts: Texts, categories: tuple[str, ...]) -> Texts:
    """Rewrites the texts as in the version's categories: numbers have several spellings."""
    if texts.form != "number":
        return texts
    known = frozenset(categories)
    distinct = [None if text is None else find_known_text(text, known) for text in texts.distinct]
    return replace(texts, distinct=distinct)
