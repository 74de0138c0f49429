"""docs/reliability.md: a row for every fault of the suite, made by the tests that cause them.

A test with `@pytest.mark.fault("what goes wrong")` tells at its end what it saw, through the
fixture `tell`; `pytest --write-reliability` puts the rows of all that came so far into the page.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

TESTS = Path(__file__).parents[2]
PAGE = TESTS.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- faults -->\n", "<!-- /faults -->"
HEAD = ("fault", "callers", "`/status`", "recovery")


class Tell(Protocol):
    """Takes the row of the test that runs."""

    def __call__(self, callers: str, state: str, recovered_s: float) -> None:
        """One row.

        Args:
            callers: what callers saw.
            state: what /status showed.
            recovered_s: from the repair until the version that the alias names served.
        """
        ...


def faults_of_the_suite() -> list[str]:
    """What the marks say, in the order of the files; read without importing the tests."""
    return [
        fault
        for path in sorted(TESTS.rglob("test_*.py"))
        for fault in _marks(ast.parse(path.read_text(encoding="utf-8")))
    ]


def _marks(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fault":
            yield str(ast.literal_eval(node.args[0]))


def rows_of_the_page() -> dict[str, str]:
    """Fault to its line in the table."""
    table = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines[1:]}


def write_page(rows: Mapping[str, tuple[str, ...]]) -> None:
    """Puts new rows in; rows of faults that did not run stay, those of no fault go."""
    lines = rows_of_the_page() | {fault: _line(fault, *cells) for fault, cells in rows.items()}
    table = [_line(*HEAD), "|---|---|---|---|"]
    table += [lines[fault] for fault in faults_of_the_suite() if fault in lines]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(table) + f"\n\n{END}{after}", "utf-8")


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def state_words(status: Mapping[str, Any]) -> str:
    """What a /status says of a fault."""
    words = [status["state"]]
    if not status["registry"]["reachable"]:
        words.append("registry.reachable: false")
    if status["aspired_version"] is None:
        words.append("aspired_version: null")
    if status["last_load_failure"] is not None:
        words.append("last_load_failure")
    return ", ".join(f"`{word}`" for word in words)
