import json
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from baton_cli.main import run

verb = import_module("baton_cli.verbs.reproduce")


@dataclass
class Reproduction:
    """The trainer's result."""

    differences: list[str] = field(default_factory=list)
    version: str = "3"

    def to_table(self) -> str:
        return "test_roc_auc  the same"

    def to_json(self) -> dict[str, Any]:
        return {"version": self.version, "agrees": not self.differences}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path | None]]:
    return install_trainer(monkeypatch, Reproduction())


def install_trainer(
    monkeypatch: pytest.MonkeyPatch, answer: Reproduction
) -> list[tuple[str, Path | None]]:
    """Installs a fake trainer with this result; returns the list of its calls."""
    calls: list[tuple[str, Path | None]] = []

    def repeat(version: str, data: Path | None) -> Reproduction:
        calls.append((version, data))
        return answer

    monkeypatch.setattr(verb, "repeat_training", repeat)
    return calls


def test_reproduced_version_has_exit_code_0(
    calls: list[tuple[str, Path | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The comparison is on stdout, the conclusion on stderr."""
    assert run(["reproduce", "3", "--data", "t.csv"]) == 0
    assert capsys.readouterr() == ("test_roc_auc  the same\n", "version 3 is reproduced\n")
    assert calls == [("3", Path("t.csv"))]


def test_different_result_has_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last line names the differences; stdout still has the comparison."""
    install_trainer(monkeypatch, Reproduction(["test_f1 was 1 and is 2", "ONNX outputs differ"]))
    assert run(["reproduce", "production"]) == 1
    out, err = capsys.readouterr()
    assert out
    assert err == (
        "baton: version 3 is not reproduced: test_f1 was 1 and is 2; ONNX outputs differ\n"
    )


def test_json_is_one_document(
    calls: list[tuple[str, Path | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    """It has the result of the trainer."""
    assert run(["reproduce", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"version": "3", "agrees": True}
