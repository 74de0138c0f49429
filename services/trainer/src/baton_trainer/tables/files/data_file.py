"""A table as it stands in its file, before anything is made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from baton_engine.tables.text.reader_rule import TRIMMED, ReaderRule


@dataclass(frozen=True)
class DataFile:
    """A file that was read.

    Attributes:
        name: what to call it in messages.
        cells: shape `[rows, columns]`, a name may be there twice. Columns of texts as they stand
            in the file; where the format has types, of the types of `cells.convert`.
        sha256: of the file's bytes, lower-case hex.
        is_typed: whether the format has types.
        decimal: the decimal mark of numbers in texts; None where it is to be found out.
        found: what was found out of how to read it, where that is not the usual.
        unreadable: columns that cannot be cells, with the reason; they are in `cells`, empty.
        texts: where the format has types, a column's cells as the texts of a category, by its name.
        rule: how the cells of texts were read.
        has_trimmed: whether another rule would have read other cells.
    """

    name: str
    cells: pd.DataFrame
    sha256: str
    is_typed: bool = False
    decimal: str | None = None
    found: tuple[str, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    texts: Callable[[str], pd.Series] | None = None
    rule: ReaderRule = TRIMMED
    has_trimmed: bool = False
