"""Detects the decimal mark of a table of texts from all its columns."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from baton_trainer.errors import DataError
from baton_trainer.tables.columns import cells

USUAL = "."
COMMA = ","


def detect(text: pd.DataFrame, name: str, private: Collection[str] = ()) -> str:
    """Detects the mark of the numbers among columns of texts.

    Args:
        text: shape `[rows, columns]`.
        name: the file's name in messages.
        private: columns whose cells messages do not quote.

    Raises:
        DataError: the columns use both marks, or `1,234` may be either number.
    """
    with_comma = {
        column: present
        for column, present in _collect_texts(text).items()
        if any(COMMA in each for each in present)
    }
    marks = {column: cells.has_decimal_commas(texts) for column, texts in with_comma.items()}
    certain = [column for column, is_comma in marks.items() if is_comma]
    doubtful = [column for column, is_comma in marks.items() if is_comma is None]
    if certain and (
        other := _find_column_with_points(_collect_texts(text.drop(columns=list(with_comma))))
    ):
        raise DataError(
            f"{name}: column {certain[0]!r} has decimal commas and column {other!r} decimal "
            "points; use one mark, or choose the columns to read as numbers: --decimal"
        )
    if doubtful and not certain:
        column = doubtful[0]
        example = next(each for each in with_comma[column] if COMMA in each)
        cell = "a number" if column in private else repr(example.strip())
        raise DataError(
            f"{name}: column {column!r} has {cell}, which may be thousands or a "
            "fraction; set --decimal , or --decimal . (and write thousands without a separator)"
        )
    return COMMA if certain else USUAL


def _collect_texts(text: pd.DataFrame) -> Mapping[str, list[str]]:
    """Collects each column's distinct texts, without those that mean a missing value."""
    columns = {}
    for name in text:
        texts = np.asarray(pd.unique(text[name]), dtype=object)
        columns[str(name)] = texts[~cells.find_missing(texts)].tolist()
    return columns


def _find_column_with_points(texts: Mapping[str, list[str]]) -> str:
    """Returns the first column of numbers with a decimal point; empty if there is none."""
    return next(
        (
            name
            for name, present in texts.items()
            if any(USUAL in text for text in present)
            and not np.isnan(cells.parse_numbers(present)).any()
        ),
        "",
    )
