import sys
from types import ModuleType

import pytest

from baton_cli.main import run


def test_serves_until_inference_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is that of the service."""

    class Main(ModuleType):
        @staticmethod
        def main() -> int:
            return 1

    monkeypatch.setitem(sys.modules, "baton_inference.main", Main("main"))
    assert run(["serve"]) == 1


def test_an_installation_without_inference_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The trainer image has no inference: one line names what is missing."""
    monkeypatch.setitem(sys.modules, "baton_inference.main", None)
    assert run(["serve"]) == 1
    assert capsys.readouterr().err.startswith("baton: this installation cannot run the inference (")
