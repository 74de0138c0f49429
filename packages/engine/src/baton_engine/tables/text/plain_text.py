"""Splits CSV text without quotes, by Arrow: five times faster than a list of cells per row.

Without quotes there is only one way to read CSV: a cell is what is between two separators.
`csv_rows` reads all other text, and whatever `split_plain` does not split.
"""

import csv
from dataclasses import replace

from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field, Schema
from arro3.io import read_csv

from baton_engine.tables.arrow.array_values import encode_texts
from baton_engine.tables.text.csv_rows import Block
from baton_engine.tables.values import Texts

_BYTE_ORDER_MARK = "\ufeff"


def split_plain(block: Block, separator: str, width: int) -> list[Texts] | None:
    """Splits the plain text of a block into columns.

    Args:
        block: the lines.
        separator: the separator.
        width: the number of columns.

    Returns:
        The texts of each column, one for each line; None if a line is blank or has another number
        of cells, if a cell may be too long for `csv_rows`, or if Arrow would read the text
        differently.
    """
    text = block.plain
    if not text or width == 1 or not separator.isascii() or text.startswith(_BYTE_ORDER_MARK):
        return None
    if max(map(len, block.lines)) > csv.field_size_limit():
        return None
    rows = len(block.lines)
    schema = Schema([Field(str(number), DataType.string()) for number in range(width)])
    try:
        reader = read_csv(
            text.encode(), schema, has_header=False, batch_size=rows, delimiter=separator
        )
        batches = [*reader]
    except Exception:  # noqa: BLE001 - of the library: a row has another number of cells
        return None
    if len(batches) != 1 or batches[0].num_rows != rows:
        return None
    return [_to_texts(batches[0].column(number)) for number in range(width)]


def _to_texts(column: ArrowArray) -> Texts:
    texts = encode_texts(column)
    distinct = ["" if text is None else text for text in texts.distinct]  # null means empty
    return replace(texts, distinct=distinct)
