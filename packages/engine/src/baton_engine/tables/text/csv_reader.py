"""A CSV text row by row as `pandas.read_csv` takes it apart, for the protocol of MLflow."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from baton_engine.tables.column_places import find_first_places
from baton_engine.tables.text.csv_rows import CsvError, CsvRows, Row
from baton_engine.tables.text.reader_rule import KEPT


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
        self._rows = iter(CsvRows(lines, separator, KEPT))
        _, header = next(self._rows, (0, None))
        if header is None:
            raise CsvError("there is no header line")
        first = next(self._rows, None)
        if first is not None:
            self._rows = chain([first], self._rows)
        # Where rows are wider than the header, their first cells are an index.
        self._indexes = max(len(first[1]) - len(header), 0) if first else 0
        self.names = make_names_unique(header)
        self._places = find_first_places(self.names)

    def iter_rows(self) -> Iterator[Row]:
        """Each row with the line that it begins in, counted from 1; to be read once.

        Raises:
            CsvError: a quote that is not closed, or a cell of more than 128 KiB.
        """
        return self._rows

    def count_excess(self, row: Sequence[str]) -> int:
        """How many cells the row has too many; a row that is too short has gaps at its end."""
        return max(len(row) - self._indexes - len(self.names), 0)

    def get_column(self, name: str, rows: Iterable[Sequence[str]]) -> list[str]:
        """The cells of one column in these rows."""
        at = self._indexes + self._places[name]
        return [row[at] if at < len(row) else "" for row in rows]


def make_names_unique(header: Sequence[str]) -> list[str]:
    """The names as pandas makes them unique, also those that are empty."""
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
