"""Texts made of numbers, booleans, dates or times, to the categories that a version knows."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from baton_engine.tables.text.number_texts import PLAIN_NUMBER, find_known_text
from baton_engine.tables.values import Form, Texts

_WRITTEN: Mapping[Form, re.Pattern[str]] = {
    "number": PLAIN_NUMBER,
    "boolean": re.compile("True|False"),
    # ISO 8601 dates, times and durations, as Arrow writes them
    "time": re.compile(r"[-+]?[0-9]{4,}-[0-9]{2}-[0-9]{2}.*|[0-9]{2}:[0-9]{2}:[0-9]{2}.*|-?P.*"),
}


@lru_cache(maxsize=1024)
def can_come_from(categories: tuple[str, ...], form: Form) -> bool:
    """Whether training made the categories of such values, or might have.

    `male` and `female` are not made of numbers, and neither is `01067`: a number there is not what
    the version was trained on. No categories on record say nothing.
    """
    return bool(categories) and all(map(_WRITTEN[form].fullmatch, categories))


def match_categories(texts: Texts, categories: tuple[str, ...]) -> Texts:
    """The texts as the version's categories write them, where there is more than one way."""
    if texts.form != "number":
        return texts
    known = frozenset(categories)
    distinct = [None if text is None else find_known_text(text, known) for text in texts.distinct]
    return replace(texts, distinct=distinct)
