"""docs/reliability.md has a row for every fault of the suite.

A test with `@pytest.mark.fault("what fails")` records its row with the fixture `record_row`;
`pytest --write-reliability` writes the rows to the page.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from tests.support.documents.marked_table import MarkedTable

FAULTS = MarkedTable("reliability.md", "fault", ("fault", "callers", "`/status`", "recovery"))


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
