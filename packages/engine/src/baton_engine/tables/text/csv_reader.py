"""Reads CSV row by row as `pandas.read_csv` does, for MLflow's protocol."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from baton_engine.tables.column_indices import find_first_indices
from baton_engine.tables.text.csv_rows import CsvError, CsvRows, Row
from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE


class CsvReader:
    """The rows below a header. Blank lines are skipped.

    Attributes:
        names: the header's cells, made unique as in pandas: `a`, `a.1` and so on.
    """

    def __init__(self, lines: Iterable[str], separator: str = ",") -> None:
        """Reads the header.

        Args:
            lines: the lines with their ends, as from a file opened with `newline=""`. They are
                read with the rows.
            separator: the separator.

        Raises:
            CsvError: there is no header, or its quote is not closed.
        """
        self._rows = iter(CsvRows(lines, separator, KEEP_WHITE_SPACE))
        _, header = next(self._rows, (0, None))
        if header is None:
            raise CsvError("there is no header line")
        first = next(self._rows, None)
        if first is not None:
            self._rows = chain([first], self._rows)
        # If rows are wider than the header, their first cells are an index.
        self._indexes = max(len(first[1]) - len(header), 0) if first else 0
        self.names = make_names_unique(header)
        self._index_by_name = find_first_indices(self.names)

    def iter_rows(self) -> Iterator[Row]:
        """Yields each row with the number of its first line, from 1. Call it once.

        Raises:
            CsvError: a quote is not closed, or a cell is over 128 KiB.
        """
        return self._rows

    def count_excess(self, row: Sequence[str]) -> int:
        """Counts the excess cells of a row. Missing cells at its end are allowed."""
        return max(len(row) - self._indexes - len(self.names), 0)

    def get_column(self, name: str, rows: Iterable[Sequence[str]]) -> list[str]:
        """Returns the cells of a column in these rows."""
        index = self._indexes + self._index_by_name[name]
        return [row[index] if index < len(row) else "" for row in rows]


def make_names_unique(header: Sequence[str]) -> list[str]:
    """Makes names unique and names empty ones, as pandas does."""
    counts: dict[str, int] = {}
    names: list[str] = []
    for number, cell in enumerate(header):
        name = base = cell or f"Unnamed: {number}"
        while name in counts:
            name = f"{base}.{counts[base]}"
            counts[base] += 1
        counts[name] = 1
        names.append(name)
    return names
