"""A CSV text row by row: RFC 4180, with whatever line ends, as `pandas.read_csv` takes it apart."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_END_MARK = "\0end"


class CsvError(Exception):
    """The text is no CSV; the text says why in one line, with the line where it is known."""


class CsvReader:
    """The rows below a header. Blank lines are passed over.

    Attributes:
        names: the header's cells, made unique as pandas does: `a`, `a.1` and so on.
    """

    def __init__(self, lines: Iterable[str], separator: str = ",") -> None:
        """Reads the header.

        Args:
            lines: of the text, line ends included, as a file gives them that is opened with
                `newline=""`; read as the rows are.
            separator: between cells.

        Raises:
            CsvError: there is no header, or a quote in it is not closed.
        """
        self._rows = _rows(lines, separator)
        _, header = next(self._rows, (0, None))
        if header is None:
            raise CsvError("there is no header line")
        first = next(self._rows, None)
        if first is not None:
            self._rows = chain([first], self._rows)
        # Where rows are wider than the header, their first cells are an index.
        self._indexes = max(len(first[1]) - len(header), 0) if first else 0
        self.names = _unique(header)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the line that it begins in, counted from 1; to be read once.

        Raises:
            CsvError: a quote that is not closed, or a cell of more than 128 KiB.
        """
        return self._rows

    def excess(self, row: Sequence[str]) -> int:
        """How many cells the row has too many; a row that is too short has gaps at its end."""
        return max(len(row) - self._indexes - len(self.names), 0)

    def column(self, name: str, rows: Iterable[Sequence[str]]) -> list[str]:
        """The cells of one column in these rows."""
        at = self._indexes + self.names.index(name)
        return [row[at] if at < len(row) else "" for row in rows]


def _rows(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    # A quote that is never closed would swallow the mark. The line end before it ends a last line
    # that has none.
    reader = csv.reader(chain(lines, ("\n", _END_MARK)), delimiter=separator)
    start, last_start = 1, 0
    last: list[str] = []
    try:
        for row in reader:
            if not _is_blank(last):
                yield last_start, last
            last_start, last, start = start, row, reader.line_num + 1
    except csv.Error as error:  # a cell of more than 128 KiB, to which Python limits them
        raise CsvError(f"line {start}: {error}") from error
    if last != [_END_MARK]:
        raise CsvError(f"line {last_start}: a quote is not closed")


def _is_blank(row: Sequence[str]) -> bool:
    return not row or (len(row) == 1 and bool(row[0]) and not row[0].strip(" \t"))


def _unique(header: Sequence[str]) -> list[str]:
    counts: dict[str, int] = {}
    names: list[str] = []
    for number, given in enumerate(header):
        name = base = given or f"Unnamed: {number}"
        while name in counts:
            name = f"{base}.{counts[base]}"
            counts[base] += 1
        counts[name] = 1
        names.append(name)
    return names
