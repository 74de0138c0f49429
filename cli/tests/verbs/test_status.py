import json

import pytest

from baton_cli.main import run
from tests.support.cli.fakes import Inference, Registry
from tests.support.fakes.registry import ALIAS

NO_SERVER = "http://127.0.0.1:9"


def test_agreement_has_exit_code_0(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """Inference serves the version of the alias."""
    registry.aliases[ALIAS] = "2"
    assert run(["status"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("churn_model@production -> version 2\n\ninference")
    assert err == ""


def test_json_is_one_document_for_every_exit_code(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """The processes need not agree."""
    inference.registry, inference.version = None, "1"
    registry.aliases[ALIAS] = "2"
    assert run(["status", "--json"]) == 1
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert list(document) == ["model_name", "alias", "aspired_version", "inference", "agree"]
    assert (document["aspired_version"], document["agree"]) == ("2", False)
    assert err.startswith("baton: http://127.0.0.1:")
    assert "serves version 1, not version 2" in err


def test_inference_is_shown_while_the_registry_is_away(
    inference: Inference, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The aspired version is then unknown."""
    inference.registry, inference.version = None, "1"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NO_SERVER)
    assert run(["status", "--json"]) == 1
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["aspired_version"] is None
    assert document["inference"][0]["status"]["serving"]["version"] == "1"
    assert err.startswith(f"baton: no answer from the registry at {NO_SERVER}")


def test_missing_inference_process_is_named(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names the variable that has its URL."""
    registry.aliases[ALIAS] = "1"
    monkeypatch.setenv("BATON_INFERENCE_URL", NO_SERVER)
    assert run(["status"]) == 1
    expected = f"baton: no answer from {NO_SERVER}; start it, or check BATON_INFERENCE_URL\n"
    assert capsys.readouterr().err == expected
