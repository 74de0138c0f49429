"""A CSV text taken apart into rows of cells, by RFC 4180 with whatever line ends."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from baton_engine.tables.text.reader_rule import ReaderRule
from baton_engine.tables.text.trimming import LineTrimmer

Row = tuple[int, list[str]]
"""The line in which the row begins, counted from 1, and its cells."""


class CsvError(Exception):
    """The text is no CSV; the text says why in one line, with the line where it is known."""


class CsvRows:
    """The rows of a text, to be read once. Blank lines are passed over.

    Attributes:
        has_trimmed: whether white space was removed from a cell so far.
    """

    def __init__(
        self, lines: Iterable[str], separator: str, rule: ReaderRule, lines_before: int = 0
    ) -> None:
        """Reads nothing yet.

        Args:
            lines: of the text, line ends included, as a file opened with `newline=""` gives them.
            separator: between cells.
            rule: whether white space around unquoted cells is data.
            lines_before: how many lines of the text precede these.
        """
        self.has_trimmed = False
        self._trimmer = LineTrimmer(separator) if rule.trims else None
        self._number = lines_before
        self._is_inside = False  # of a row: the parser asks for another line only within quotes
        self._is_cut_off = False
        self._parser = csv.reader(self._source(lines), delimiter=separator)

    def __iter__(self) -> Iterator[Row]:
        """Each row.

        Raises:
            CsvError: a quote that is not closed, or a cell of more than 128 KiB.
        """
        while True:
            self._is_inside = False
            start = self._number + 1
            try:
                cells = next(self._parser, None)
            except csv.Error as error:  # a cell of more than 128 KiB, to which Python limits them
                raise CsvError(f"line {start}: {error}") from error
            if self._is_cut_off:
                raise CsvError(f"line {start}: a quote is not closed")
            if cells is None:
                return
            if not _is_blank(cells):
                yield start, cells

    def _source(self, lines: Iterable[str]) -> Iterator[str]:
        trimmer = self._trimmer
        for line in lines:
            self._number += 1
            is_inside, self._is_inside = self._is_inside, True
            if trimmer is None:
                yield line
            else:
                trimmed = trimmer.trim(line, is_inside=is_inside)
                self.has_trimmed = self.has_trimmed or trimmed != line
                yield trimmed
        self._is_cut_off = self._is_inside


def _is_blank(row: Sequence[str]) -> bool:
    return not row or (len(row) == 1 and bool(row[0]) and not row[0].strip(" \t"))
