"""Reads a CSV file with column names, for training and scoring."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from baton_engine.tables.text.csv_rows import Block, CsvError, CsvRows
from baton_engine.tables.text.plain_text import split_plain
from baton_engine.tables.text.reader_rule import ReaderRule
from baton_engine.tables.text.separators import (
    SAMPLE_CHARACTERS,
    USUAL,
    find_fitting_separators,
    has_trailing_separator,
)
from baton_engine.tables.values import Texts, TextsBuilder

_BATCH_ROWS = 256
"""Few enough that the cells of usual rows stay in a processor's cache."""

_SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n\w])"?\1*[\r\n]*', re.IGNORECASE)


class SeveralSeparators(CsvError):
    """More than one separator fits the text."""


class TextColumns(NamedTuple):
    """Some rows of a file, by column.

    Attributes:
        numbers: the first line of each row, from 1.
        columns: the cells of each column, one for each row.
        misfits: the first line of each row in between that does not fit, and why.
    """

    numbers: Sequence[int]
    columns: list[Texts]
    misfits: list[tuple[int, str]]


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
        _, header = next(iter(self._table), (0, None))
        if header is None:
            raise CsvError("there is no header line")
        self.names = [name.strip() for name in header]
        self._table.has_trimmed = False  # names are always trimmed
        first = self._table.peek()
        self._ends_in_separator = first is not None and has_trailing_separator(first, len(header))

    def iter_columns(self) -> Iterator[TextColumns]:
        """Yields all rows once, by column, in parts of at most `BLOCK_LINES` rows.

        Raises:
            CsvError: a quote is not closed, or a cell is over 128 KiB.
        """
        for block in self._table.iter_blocks():
            columns = None
            if not self._ends_in_separator:
                columns = split_plain(block, self.separator, len(self.names))
            yield TextColumns(block.numbers, columns, []) if columns else self._parse(block)

    def _parse(self, block: Block) -> TextColumns:
        numbers: list[int] = []
        misfits: list[tuple[int, str]] = []
        columns = [TextsBuilder() for _ in self.names]
        rows = self._table.parse(block.lines)
        while batch := [*islice(rows, _BATCH_ROWS)]:
            fitting = []
            for number, cells in batch:
                if reason := self._find_misfit(cells):
                    misfits.append((number, reason))
                else:
                    numbers.append(number)
                    fitting.append(cells)
            for column, texts in zip(columns, zip(*fitting, strict=False), strict=False):
                column.add(texts)
        return TextColumns(numbers, [column.build() for column in columns], misfits)

    def _find_misfit(self, cells: list[str]) -> str:
        """Finds why a row does not fit; empty if it fits."""
        width = len(self.names)
        if self._ends_in_separator:
            if not has_trailing_separator(cells, width):
                return "does not end in a separator as the rows above it do"
        elif len(cells) != width:
            return f"has {len(cells)} cells, but the first line names {width} columns"
        return ""

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
