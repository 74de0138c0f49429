"""Reads a CSV file with column names, for training and scoring."""

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
    """More than one separator fits the text."""


class FileReader:
    """A CSV file whose first line has the column names.

    A line `sep=;` before the names, as spreadsheets write it, is skipped. So is a separator at the
    end of every row, if the names have none.

    Attributes:
        names: the column names without white space around them. Duplicates are possible.
        separator: the separator.
    """

    def __init__(self, lines: Iterable[str], separator: str | None, rule: ReaderRule) -> None:
        """Reads the names.

        Args:
            lines: the lines with their ends, as from a file opened with `newline=""`.
            separator: the separator; None to detect it.
            rule: how to read cells.

        Raises:
            SeveralSeparators: more than one separator fits.
            CsvError: there are no names, or a quote is not closed.
        """
        source = iter(lines)
        start = _read_first_lines(source)
        declared = _SEPARATOR_LINE.fullmatch(start[0]) if start else None
        if declared:
            del start[0]
        self._is_separator_given = separator is not None
        self.separator = separator or (declared[1] if declared else _detect(start, rule))
        self._table = CsvRows(chain(start, source), self.separator, rule, int(declared is not None))
        self._rows = iter(self._table)
        _, header = next(self._rows, (0, None))
        if header is None:
            raise CsvError("there is no header line")
        self.names = [name.strip() for name in header]
        self._table.has_trimmed = False  # names are always trimmed
        first = next(self._rows, None)
        self._ends_in_separator = first is not None and has_trailing_separator(
            first[1], len(header)
        )
        if first is not None:
            self._rows = chain([first], self._rows)

    def iter_rows(self) -> Iterator[tuple[int, list[str], str]]:
        """Yields each row once: its first line from 1, its cells, and why they do not fit.

        The reason is empty for a row that has as many cells as there are names.

        Raises:
            CsvError: a quote is not closed, or a cell is over 128 KiB.
        """
        width = len(self.names)
        for line, cells in self._rows:
            reason = ""
            if self._ends_in_separator:
                if has_trailing_separator(cells, width):
                    cells.pop()
                else:
                    reason = "does not end in a separator as the rows above it do"
            elif len(cells) != width:
                reason = f"has {len(cells)} cells, but the first line names {width} columns"
            yield line, cells, reason

    def describe_format(self) -> list[str]:
        """Describes unusual features of the format, in a few words each."""
        features = []
        if not self._is_separator_given and self.separator != USUAL:
            features.append(f"separator {self.separator!r}")
        if self._ends_in_separator:
            features.append("one more separator at the end of every row")
        return features

    @property
    def has_trimmed(self) -> bool:
        """Whether white space was removed from a cell."""
        return self._table.has_trimmed


def _read_first_lines(lines: Iterator[str]) -> list[str]:
    """Reads the lines for the detection of the separator."""
    start: list[str] = []
    size = 0
    for line in lines:
        start.append(line)
        size += len(line)
        if size > SAMPLE_CHARACTERS:
            break
    return start


def _detect(lines: list[str], rule: ReaderRule) -> str:
    candidates = find_fitting_separators(lines, rule)
    if len(candidates) > 1:
        names = " or ".join(map(repr, candidates))
        raise SeveralSeparators(f"the separator may be {names}; choose one with --separator")
    return candidates[0] if candidates else USUAL
