import json

import pytest

from baton_cli.main import run
from tests.support.cli.fakes import Inference, Registry
from tests.support.fakes.registry import ALIAS

NOWHERE = "http://127.0.0.1:9"


def test_agreement_is_exit_code_0(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alias' version is what inference serves."""
    registry.aliases[ALIAS] = "2"
    assert run(["status"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("churn_model@production -> version 2\n\ninference")
    assert err == ""


def test_json_is_one_document_whatever_the_exit_code(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs read the facts from it, also where nothing agrees."""
    inference.registry, inference.version = None, "1"
    registry.aliases[ALIAS] = "2"
    assert run(["status", "--json"]) == 1
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert list(document) == ["model_name", "alias", "aspired_version", "inference", "agree"]
    assert (document["aspired_version"], document["agree"]) == ("2", False)
    assert err.startswith("baton: http://127.0.0.1:")
    assert "serves 1, not version 2" in err


def test_shows_what_is_served_while_the_registry_is_away(
    inference: Inference, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is then that one wants to know."""
    inference.registry, inference.version = None, "1"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NOWHERE)
    assert run(["status", "--json"]) == 1
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["aspired_version"] is None
    assert document["inference"][0]["status"]["serving"]["version"] == "1"
    assert err.startswith(f"baton: no answer from the registry at {NOWHERE}")


def test_an_inference_process_that_is_away_is_named(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the variable that says where it should be."""
    registry.aliases[ALIAS] = "1"
    monkeypatch.setenv("BATON_INFERENCE_URL", NOWHERE)
    assert run(["status"]) == 1
    expected = f"baton: no answer from {NOWHERE}; is it up? (BATON_INFERENCE_URL)\n"
    assert capsys.readouterr().err == expected
