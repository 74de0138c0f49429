import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from baton_cli.main import run

verb = import_module("baton_cli.verbs.compare")


class Found:
    """The trainer's answer."""

    def to_json(self) -> dict[str, Any]:
        return {"versions": ["1", "2"]}


def test_what_is_asked_for_reaches_the_trainer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers or aliases, and the table; with --json one document."""
    asked: list[tuple[str, str, Path | None]] = []

    def comparing(first: str, second: str, data: Path | None) -> Found:
        asked.append((first, second, data))
        return Found()

    monkeypatch.setattr(verb, "compare_versions", comparing)
    assert run(["compare", "production", "2", "--data", "t.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"versions": ["1", "2"]}
    assert asked == [("production", "2", Path("t.csv"))]


def test_two_versions_are_needed() -> None:
    """One is a usage error."""
    assert run(["compare", "1"]) == 2
