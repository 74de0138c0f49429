"""A file as read: cells without roles, and what was detected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from baton_engine.tables.text.reader_rule import TRIM_WHITE_SPACE, ReaderRule


@dataclass(frozen=True)
class DataFile:
    """The content of a file.

    Attributes:
        name: the file's name in messages.
        cells: shape `[rows, columns]`; names may repeat. The texts of the file, or, if the format
            has types, values of the types of `cells.convert`.
        sha256: of the file's bytes, lower-case hex.
        is_typed: whether the format has types.
        decimal: the decimal mark of numbers in texts; None means that it is not known yet.
        encoding: the detected encoding of a text file; empty if it is the usual one.
        foreign_word: a word of the file that shows whether the encoding is right.
        notes: each other unusual detection, in a few words.
        unreadable: columns without usable cells, with the reason; they are empty in `cells`.
        texts: if the format has types, returns a column's cells as the texts of a category.
        rule: how the cells of a text file were read.
        has_trimmed: whether another rule would have read other cells.
    """

    name: str
    cells: pd.DataFrame
    sha256: str
    is_typed: bool = False
    decimal: str | None = None
    encoding: str = ""
    foreign_word: str = ""
    notes: tuple[str, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    texts: Callable[[str], pd.Series] | None = None
    rule: ReaderRule = TRIM_WHITE_SPACE
    has_trimmed: bool = False
