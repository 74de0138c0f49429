"""Parses CSV into rows of cells, by RFC 4180 with any line ends."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from baton_engine.tables.text.reader_rule import ReaderRule
from baton_engine.tables.text.trimming import LineTrimmer

Row = tuple[int, list[str]]
"""The number of the row's first line, from 1, and its cells."""


class CsvError(Exception):
    """The text is not valid CSV. The message is one line, with the line number if it is known."""


class CsvRows:
    """The rows of a text, to iterate once. Blank lines are skipped.

    Attributes:
        has_trimmed: whether white space was removed from a cell.
    """

    def __init__(
        self, lines: Iterable[str], separator: str, rule: ReaderRule, lines_before: int = 0
    ) -> None:
        """Creates the iterator.

        Args:
            lines: the lines with their ends, as from a file opened with `newline=""`.
            separator: the separator.
            rule: whether white space around unquoted cells is data.
            lines_before: the number of lines before these.
        """
        self.has_trimmed = False
        self._trimmer = LineTrimmer(separator) if rule.trims else None
        self._number = lines_before
        self._is_inside = False  # within a row: the parser reads on only within quotes
        self._is_cut_off = False
        self._parser = csv.reader(self._iter_lines(lines), delimiter=separator)

    def __iter__(self) -> Iterator[Row]:
        """Yields each row.

        Raises:
            CsvError: a quote is not closed, or a cell is over 128 KiB.
        """
        while True:
            self._is_inside = False
            start = self._number + 1
            try:
                cells = next(self._parser, None)
            except csv.Error as error:  # Python limits cells to 128 KiB
                raise CsvError(f"line {start}: {error}") from error
            if self._is_cut_off:
                raise CsvError(f"line {start}: a quote is not closed")
            if cells is None:
                return
            if not _is_blank(cells):
                yield start, cells

    def _iter_lines(self, lines: Iterable[str]) -> Iterator[str]:
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
