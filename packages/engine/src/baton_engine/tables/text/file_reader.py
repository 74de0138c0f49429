"""The rows of a CSV file below the names of its columns: one reader for training and scoring."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from baton_engine.tables.text.csv_rows import CsvError, CsvRows
from baton_engine.tables.text.reader_rule import ReaderRule
from baton_engine.tables.text.separators import (
    SAMPLE_CHARACTERS,
    USUAL,
    find_fitting_separators,
    has_trailing_separator,
)

_SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n\w])"?\1*[\r\n]*', re.IGNORECASE)


class SeveralSeparators(CsvError):
    """The text is a table by more than one separator."""


class FileReader:
    """A CSV file whose first line names the columns.

    A line `sep=;` above the names, as spreadsheets write and read it, is no part of the table.
    Neither is one more separator at the end, where every row has it and the names do not.

    Attributes:
        names: of the columns, without white space around them; one may be there twice.
        separator: between cells.
    """

    def __init__(self, lines: Iterable[str], separator: str | None, rule: ReaderRule) -> None:
        """Reads the names.

        Args:
            lines: of the file, line ends included, as it gives them if opened with `newline=""`.
            separator: between cells; None means: find out.
            rule: how to read cells.

        Raises:
            SeveralSeparators: what separates the cells cannot be found out.
            CsvError: there are no names, or a quote is not closed.
        """
        source = iter(lines)
        start = _first_lines(source)
        written = _SEPARATOR_LINE.fullmatch(start[0]) if start else None
        if written:
            del start[0]
        self._is_separator_given = separator is not None
        self.separator = separator or (written[1] if written else _found_out(start, rule))
        self._table = CsvRows(chain(start, source), self.separator, rule, int(written is not None))
        self._rows = iter(self._table)
        _, header = next(self._rows, (0, None))
        if header is None:
            raise CsvError("there is no header line")
        self.names = [name.strip() for name in header]
        self._table.has_trimmed = False  # by the names, from which it is always removed
        first = next(self._rows, None)
        self._ends_in_separator = first is not None and has_trailing_separator(
            first[1], len(header)
        )
        if first is not None:
            self._rows = chain([first], self._rows)

    def iter_rows(self) -> Iterator[tuple[int, list[str], str]]:
        """Each row, once: the line that it begins in, from 1, its cells, and why they do not fit.

        Of a row that fits the reason is empty, and its cells are as many as the names.

        Raises:
            CsvError: a quote that is not closed, or a cell of more than 128 KiB.
        """
        width = len(self.names)
        for line, cells in self._rows:
            why = ""
            if self._ends_in_separator:
                if has_trailing_separator(cells, width):
                    cells.pop()
                else:
                    why = "does not end in a separator as the rows above it do"
            elif len(cells) != width:
                why = f"has {len(cells)} cells where the first line names {width} columns"
            yield line, cells, why

    def describe_format(self) -> list[str]:
        """What is unusual about the file, in a few words each."""
        found = []
        if not self._is_separator_given and self.separator != USUAL:
            found.append(f"separator {self.separator!r}")
        if self._ends_in_separator:
            found.append("one more separator at the end of every row")
        return found

    @property
    def has_trimmed(self) -> bool:
        """Whether white space was removed from a cell so far."""
        return self._table.has_trimmed


def _first_lines(lines: Iterator[str]) -> list[str]:
    """As many as it takes to find out the separator."""
    start: list[str] = []
    size = 0
    for line in lines:
        start.append(line)
        size += len(line)
        if size > SAMPLE_CHARACTERS:
            break
    return start


def _found_out(lines: list[str], rule: ReaderRule) -> str:
    candidates = find_fitting_separators(lines, rule)
    if len(candidates) > 1:
        names = " or ".join(map(repr, candidates))
        raise SeveralSeparators(f"the separator may be {names}; say which: --separator")
    return candidates[0] if candidates else USUAL
