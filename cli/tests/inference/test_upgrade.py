"""What this release would refuse of what an older one serves."""

import hashlib
import json
from threading import Event
from typing import Any

import pytest
from onnx import TensorProto, helper

from baton_cli.inference import upgrade
from baton_cli.inference.status_client import Report
from baton_cli.main import run
from baton_cli.settings import CliSettings, load
from tests.support.cli.bulk import add_onnx
from tests.support.cli.fakes import Inference, Registry, older, status
from tests.support.fakes.registry import ALIAS, mlmodel


def add_scores(registry: Registry, version: str) -> None:
    """Registers a version whose probabilities are decision scores."""
    node = helper.make_node(
        "LinearClassifier",
        ["x"],
        ["label", "scores"],
        domain="ai.onnx.ml",
        coefficients=[-1.0, 1.0],
        intercepts=[0.0, 0.0],
        classlabels_strings=["no", "yes"],
    )
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])]
    outputs = [
        helper.make_tensor_value_info("label", TensorProto.STRING, [None]),
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 2]),
    ]
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    graph = helper.make_graph([node], "scores", inputs, outputs)
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    add(registry, version, model, mlmodel(("x", "double", True)))


def add(registry: Registry, version: str, model: bytes, mlmodel_text: str, **more: str) -> None:
    """Registers a version with these files."""
    files = {"MLmodel": mlmodel_text.encode(), "model.onnx": model}
    files |= {name: text.encode() for name, text in more.items()}
    sums = {f"baton.sha256.{k}": hashlib.sha256(v).hexdigest() for k, v in files.items()}
    registry.add(version, tags=sums)
    registry.files |= {f"{version}/{name}": content for name, content in files.items()}


def refused(*bodies: dict[str, Any] | None) -> dict[str, str]:
    """What is refused of what processes serve."""
    reports = [Report(f"http://{number}", body) for number, body in enumerate(bodies)]
    return dict(upgrade.find_refused(load(CliSettings), reports))


def test_names_a_version_that_an_older_release_serves(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """Decision scores that are served as probabilities are found before the upgrade."""
    add_scores(registry, "2")
    add_onnx(registry, "3")
    assert list(refused(older(status("2")), older(status("3")))) == ["2"]
    assert "decision scores" in refused(older(status("2")))["2"]

    inference.is_older = True
    registry.aliases[ALIAS] = "2"
    assert run(["status"]) == 0
    assert "refuses" in capsys.readouterr().out


def test_names_a_version_whose_example_has_other_columns(registry: Registry) -> None:
    """That, too, was served and is not any more."""
    add_onnx(registry, "3")
    document = json.loads(mlmodel(("x", "double", True), classes=("no", "yes")))
    document["saved_input_example_info"] = {"artifact_path": "example.json"}
    example = {"example.json": '{"columns": ["y"], "data": [[1]]}'}
    add(registry, "4", registry.files["3/model.onnx"], json.dumps(document), **example)
    assert "unknown 'y'" in refused(older(status("4")))["4"]


def test_asks_nothing_where_nothing_is_older(registry: Registry) -> None:
    """Processes of this release, and those of other models, cost no look at the registry."""
    add_scores(registry, "2")
    assert refused(status("2"), older(status(None)), None, older(status("2", alias="other"))) == {}
    assert registry.log == []


def test_says_nothing_of_what_cannot_be_had(registry: Registry) -> None:
    """Files or a version that are away are no news of the upgrade."""
    add_scores(registry, "2")
    del registry.files["2/model.onnx"]
    assert refused(older(status("2")), older(status("9"))) == {}


def test_does_not_wait_long(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not known in time is not told."""
    add_scores(registry, "2")
    is_over = Event()
    monkeypatch.setattr(upgrade, "_open", lambda *_: is_over.wait(60))
    monkeypatch.setattr(upgrade, "LIMIT_S", 0.01)
    assert refused(older(status("2"))) == {}
    is_over.set()
