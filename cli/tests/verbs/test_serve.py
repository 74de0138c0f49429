import sys
from types import ModuleType

import pytest

from baton_cli.main import run


def test_exit_code_is_that_of_inference(monkeypatch: pytest.MonkeyPatch) -> None:
    """`serve` returns when the service ends."""

    class Main(ModuleType):
        @staticmethod
        def main() -> int:
            return 1

    monkeypatch.setitem(sys.modules, "baton_inference.main", Main("main"))
    assert run(["serve"]) == 1


def test_missing_inference_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The trainer image has no inference."""
    monkeypatch.setitem(sys.modules, "baton_inference.main", None)
    assert run(["serve"]) == 1
    assert capsys.readouterr().err.startswith("baton: inference is not installed here (")
