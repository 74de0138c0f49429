"""docs/reliability.md has a row for every fault of the suite.

A test with `@pytest.mark.fault("what fails")` records its row with the fixture `record_row`;
`pytest --write-reliability` writes the rows to the page.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

TESTS = Path(__file__).parents[2]
PAGE = TESTS.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- faults -->\n", "<!-- /faults -->"
HEAD = ("fault", "callers", "`/status`", "recovery")


class RecordRow(Protocol):
    """Records the row of the running test."""

    def __call__(self, callers: str, state: str, recovered_s: float) -> None:
        """Records a row.

        Args:
            callers: what callers saw.
            state: what /status showed.
            recovered_s: seconds from the repair until the alias's version served.
        """
        ...


def list_faults() -> list[str]:
    """Lists the texts of the marks by file, without importing the tests."""
    return [
        fault
        for path in sorted(TESTS.rglob("test_*.py"))
        for fault in _read_marks(ast.parse(path.read_text(encoding="utf-8")))
    ]


def _read_marks(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fault":
            yield str(ast.literal_eval(node.args[0]))


def read_rows() -> dict[str, str]:
    """Reads the line of each fault in the table."""
    table = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines[1:]}


def write_page(rows: Mapping[str, tuple[str, ...]]) -> None:
    """Writes new rows; keeps rows of faults that did not run and drops rows without a fault."""
    lines = read_rows() | {fault: _format_line(fault, *cells) for fault, cells in rows.items()}
    table = [_format_line(*HEAD), "|---|---|---|---|"]
    table += [lines[fault] for fault in list_faults() if fault in lines]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(table) + f"\n\n{END}{after}", "utf-8")


def _format_line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def describe_state(status: Mapping[str, Any]) -> str:
    """Describes a /status in a few words."""
    words = [status["state"]]
    if not status["registry"]["reachable"]:
        words.append("registry.reachable: false")
    if status["aspired_version"] is None:
        words.append("aspired_version: null")
    if status["last_load_failure"] is not None:
        words.append("last_load_failure")
    return ", ".join(f"`{word}`" for word in words)
