"""Parses CSV into rows of cells, by RFC 4180 with any line ends."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from baton_engine.tables.text.reader_rule import ReaderRule
from baton_engine.tables.text.trimming import LineTrimmer

Row = tuple[int, list[str]]
"""The number of the row's first line, from 1, and its cells."""
BLOCK_LINES = 4096
"""Enough to make the time per block negligible."""


class CsvError(Exception):
    """The text is not valid CSV. The message is one line, with the line number if it is known."""


@dataclass(frozen=True)
class Block:
    """Some lines, the first of which begins a row.

    Attributes:
        numbers: their numbers, from 1.
        lines: the lines with their ends.
        plain: if there are no quotes, the lines without white space around cells that is not data:
            each line is a row, and each text between separators a cell. Else None.
    """

    numbers: range
    lines: Sequence[str]
    plain: str | None


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
        self._lines = iter(lines)
        self._separator = separator
        self._trimmer = LineTrimmer(separator) if rule.trims else None
        self._read = lines_before  # lines that the parser has read
        self._parsed = lines_before  # lines of complete rows
        self._is_cut_off = False

    def __iter__(self) -> Iterator[Row]:
        """Yields each row. Raises as `parse` does."""
        return self.parse(self._lines)

    def peek(self) -> list[str] | None:
        """Returns the cells of the next row, which stays the next; None at the end.

        Raises as `parse` does.
        """
        position, seen = self._read, list[str]()
        _, cells = next(self.parse(_record(self._lines, seen)), (0, None))
        self._lines = chain(seen, self._lines)
        self._read = self._parsed = position
        return cells

    def iter_blocks(self) -> Iterator[Block]:
        """Yields the remaining lines in blocks. Pass a block to `parse`, or split its plain text.

        Before the next block, `parse` must have ended.
        """
        while lines := [*islice(self._lines, BLOCK_LINES)]:
            numbers = range(self._read + 1, self._read + len(lines) + 1)
            yield Block(numbers, lines, self._to_plain(lines))
            self._read = max(self._read, numbers[-1])

    def parse(self, lines: Iterable[str]) -> Iterator[Row]:
        """Parses the next lines, and those after them in which the last row ends.

        Raises:
            CsvError: a quote is not closed, or a cell is over 128 KiB.
        """
        before = self._parsed = self._read
        number = before + 1
        parser = csv.reader(self._iter_lines(lines), delimiter=self._separator)
        try:
            for cells in parser:
                if self._is_cut_off:  # the parser returns what there is of the row
                    break
                if len(cells) > 1 or not _is_blank(cells):
                    yield number, cells
                self._parsed = before + parser.line_num
                number = self._parsed + 1
        except csv.Error as error:  # Python limits cells to 128 KiB
            raise CsvError(f"line {number}: {error}") from error
        if self._is_cut_off:
            raise CsvError(f"line {number}: a quote is not closed")

    def _iter_lines(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            yield self._trim(line)
        while self._parsed < self._read:  # within a row: the parser reads on only within quotes
            below = next(self._lines, None)
            if below is None:
                self._is_cut_off = True
                return
            yield self._trim(below)

    def _trim(self, line: str) -> str:
        is_inside = self._parsed < self._read
        self._read += 1
        if self._trimmer is None:
            return line
        trimmed = self._trimmer.trim(line, is_inside=is_inside)
        self.has_trimmed = self.has_trimmed or trimmed != line
        return trimmed

    def _to_plain(self, lines: Sequence[str]) -> str | None:
        text = "".join(lines)
        if '"' in text:
            return None
        if self._trimmer is None:
            return text
        trimmed = self._trimmer.trim_plain(lines)
        self.has_trimmed = self.has_trimmed or trimmed != text
        return trimmed


def _record(lines: Iterable[str], seen: list[str]) -> Iterator[str]:
    for line in lines:
        seen.append(line)
        yield line


def _is_blank(row: Sequence[str]) -> bool:
    return not row or (len(row) == 1 and bool(row[0]) and not row[0].strip(" \t"))
