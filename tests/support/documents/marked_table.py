"""A table of a document with a row for each mark of the tests, which write it.

A test with `@pytest.mark.fault("what fails")` records the cells of its row.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

TESTS = Path(__file__).parents[2]


@dataclass(frozen=True)
class MarkedTable:
    """A table between two comments of a page, `<!-- faults -->` and `<!-- /faults -->`.

    Attributes:
        page: the document, in docs/.
        mark: the name of the mark, e.g. `fault`.
        head: titles of the columns; the first column is the text of the mark.
    """

    page: str
    mark: str
    head: tuple[str, ...]

    @property
    def path(self) -> Path:
        return TESTS.parent / "docs" / self.page

    def list_names(self) -> list[str]:
        """Lists the texts of the marks by file, without importing the tests."""
        return [
            name
            for path in sorted(TESTS.rglob("test_*.py"))
            for name in self._read_marks(ast.parse(path.read_text(encoding="utf-8")))
        ]

    def read_rows(self) -> dict[str, str]:
        """Reads the line of each name in the table."""
        _, table, _ = self._split()
        lines = [line for line in table.splitlines() if line.startswith("| ")]
        return {line.split(" | ")[0].removeprefix("| "): line for line in lines[1:]}

    def write(self, rows: Mapping[str, tuple[str, ...]]) -> None:
        """Writes new rows; keeps rows of tests that did not run and drops rows without a test."""
        written = {name: _format_line(name, *cells) for name, cells in rows.items()}
        lines = self.read_rows() | written
        table = [_format_line(*self.head), f"|{'---|' * len(self.head)}"]
        table += [lines[name] for name in self.list_names() if name in lines]
        before, _, after = self._split()
        self.path.write_text(f"{before}\n" + "\n".join(table) + f"\n\n{after}", "utf-8")

    def _split(self) -> tuple[str, str, str]:
        """Splits the page before, in and after the table; the comments are outside."""
        begin, end = f"<!-- {self.mark}s -->\n", f"<!-- /{self.mark}s -->"
        text = self.path.read_text(encoding="utf-8")
        start, stop = text.index(begin) + len(begin), text.index(end)
        return text[:start], text[start:stop], text[stop:]

    def _read_marks(self, tree: ast.Module) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"pytest.mark.{self.mark}":
                yield str(ast.literal_eval(node.args[0]))


class StoreCells(Protocol):
    """Stores the cells of the running test's row."""

    def __call__(self, table: MarkedTable, *cells: str) -> str:
        """Stores the cells after the first; returns the first, the text of the test's mark."""
        ...


def _format_line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
