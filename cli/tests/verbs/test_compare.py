import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from baton_cli.main import run

verb = import_module("baton_cli.verbs.compare")


class Comparison:
    """The trainer's result."""

    def to_json(self) -> dict[str, Any]:
        return {"versions": ["1", "2"]}


def test_arguments_reach_the_trainer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers or aliases, the table and the query. --json prints one document."""
    calls: list[tuple[str, str, Path | str | None, str | None]] = []

    def compare(first: str, second: str, data: Path | str | None, query: str | None) -> Comparison:
        calls.append((first, second, data, query))
        return Comparison()

    monkeypatch.setattr(verb, "compare_versions", compare)
    assert run(["compare", "production", "2", "--data", "t.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"versions": ["1", "2"]}
    url, query = "postgresql://db/shop", "SELECT * FROM customers"
    assert run(["compare", "1", "2", "--data", url, "--query", query, "--json"]) == 0
    assert calls == [("production", "2", Path("t.csv"), None), ("1", "2", url, query)]


def test_one_version_is_a_usage_error() -> None:
    """Two are required."""
    assert run(["compare", "1"]) == 2
