import json
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from baton_cli.main import run

verb = import_module("baton_cli.verbs.reproduce")


@dataclass
class Repeated:
    """The trainer's answer."""

    differences: list[str] = field(default_factory=list)
    version: str = "3"

    def to_table(self) -> str:
        return "test_roc_auc  the same"

    def to_json(self) -> dict[str, Any]:
        return {"version": self.version, "agrees": not self.differences}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path | None]]:
    return repeating_gives(monkeypatch, Repeated())


def repeating_gives(
    monkeypatch: pytest.MonkeyPatch, answer: Repeated
) -> list[tuple[str, Path | None]]:
    """Puts a trainer in place that always gives this answer; what it was asked for is listed."""
    asked: list[tuple[str, Path | None]] = []

    def repeating(version: str, data: Path | None) -> Repeated:
        asked.append((version, data))
        return answer

    monkeypatch.setattr(verb, "repeat_training", repeating)
    return asked


def test_a_version_that_comes_out_the_same_is_exit_code_0(
    asked: list[tuple[str, Path | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    """What was compared is the result; the conclusion is told."""
    assert run(["reproduce", "3", "--data", "t.csv"]) == 0
    assert capsys.readouterr() == ("test_roc_auc  the same\n", "version 3 is reproduced\n")
    assert asked == [("3", Path("t.csv"))]


def test_one_that_does_not_is_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last line names all that differs; the result is printed all the same."""
    repeating_gives(monkeypatch, Repeated(["test_f1 was 1 and is 2", "ONNX outputs differ"]))
    assert run(["reproduce", "production"]) == 1
    out, err = capsys.readouterr()
    assert out
    assert err == (
        "baton: version 3 does not come out the same: test_f1 was 1 and is 2; ONNX outputs differ\n"
    )


def test_a_program_reads_one_document(
    asked: list[tuple[str, Path | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json."""
    assert run(["reproduce", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"version": "3", "agrees": True}
