"""Made-up values, which stand for those of a private column wherever a person can read them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.text.category_texts import can_come_from
from baton_engine.tables.values import Form
from baton_registry.versions.schema import Column

TEXT = "example"

_CATEGORIES: Mapping[Form, tuple[str, ...]] = {
    "number": ("0",),
    "boolean": ("False", "True"),
    "time": ("2026-01-31",),
}


def hide_categories(columns: Sequence[Column], private: Collection[str]) -> tuple[Column, ...]:
    """Returns the columns, of which the private ones have made-up categories, or none."""
    return tuple(
        replace(each, categories=_make_up_categories(each.categories))
        if each.name in private
        else each
        for each in columns
    )


def _make_up_categories(categories: tuple[str, ...]) -> tuple[str, ...]:
    """Returns categories that say no more than which typed values have these texts.

    `baton score` and Arrow bodies need that: a column whose categories are whole numbers, booleans
    or times takes these from a Parquet file. Texts, and numbers with fractions, whose spelling
    depends on the whole column, have no made-up categories: such a column takes texts only.
    """
    form = next((form for form in _CATEGORIES if can_come_from(categories, form)), None)
    if form is None or (form == "number" and any("." in text for text in categories)):
        return ()
    return _CATEGORIES[form]


def make_up_value(column: Column) -> str | float | bool:
    """Returns a value that the column takes. A model scores any text."""
    if column.type == "string":
        return column.categories[0] if column.categories else TEXT
    value: str | float | bool = COLUMN_TYPES[column.type].samples[0]
    return value
