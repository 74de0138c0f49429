"""Versions that an older release serves and this one refuses."""

import hashlib
import json
from threading import Event
from typing import Any

import pytest
from onnx import TensorProto, helper

from baton_cli.inference import upgrade
from baton_cli.inference.report import Report
from baton_cli.main import run
from baton_cli.settings import CliSettings, load
from tests.support.cli.bulk import add_onnx
from tests.support.cli.fakes import Inference, Registry, build_status, drop_output_check
from tests.support.fakes.registry import ALIAS, build_mlmodel


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
    add(registry, version, model, build_mlmodel(("x", "double", True)))


def add(registry: Registry, version: str, model: bytes, mlmodel_text: str, **more: str) -> None:
    """Registers a version with these files."""
    files = {"MLmodel": mlmodel_text.encode(), "model.onnx": model}
    files |= {name: text.encode() for name, text in more.items()}
    sums = {f"baton.sha256.{k}": hashlib.sha256(v).hexdigest() for k, v in files.items()}
    registry.add(version, tags=sums)
    registry.files |= {f"{version}/{name}": content for name, content in files.items()}


def find_refused(*bodies: dict[str, Any] | None) -> dict[str, str]:
    """Finds the refused versions among those that processes serve."""
    reports = [Report(f"http://{number}", body) for number, body in enumerate(bodies)]
    return dict(upgrade.find_refused(load(CliSettings), reports))


def test_version_with_decision_scores_is_found(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check runs before the upgrade."""
    add_scores(registry, "2")
    add_onnx(registry, "3")
    assert list(
        find_refused(drop_output_check(build_status("2")), drop_output_check(build_status("3")))
    ) == ["2"]
    assert "decision scores" in find_refused(drop_output_check(build_status("2")))["2"]

    inference.is_older = True
    registry.aliases[ALIAS] = "2"
    assert run(["status"]) == 0
    assert "refuses" in capsys.readouterr().out


def test_version_with_an_example_of_other_columns_is_found(registry: Registry) -> None:
    """Older releases served it."""
    add_onnx(registry, "3")
    document = json.loads(build_mlmodel(("x", "double", True), classes=("no", "yes")))
    document["saved_input_example_info"] = {"artifact_path": "example.json"}
    example = {"example.json": '{"columns": ["y"], "data": [[1]]}'}
    add(registry, "4", registry.files["3/model.onnx"], json.dumps(document), **example)
    assert "unknown 'y'" in find_refused(drop_output_check(build_status("4")))["4"]


def test_current_processes_cost_no_request(registry: Registry) -> None:
    """Processes of other models do not count either."""
    add_scores(registry, "2")
    assert (
        find_refused(
            build_status("2"),
            drop_output_check(build_status(None)),
            None,
            drop_output_check(build_status("2", alias="other")),
        )
        == {}
    )
    assert registry.log == []


def test_missing_version_or_file_is_ignored(registry: Registry) -> None:
    """The upgrade does not cause it."""
    add_scores(registry, "2")
    del registry.files["2/model.onnx"]
    assert (
        find_refused(drop_output_check(build_status("2")), drop_output_check(build_status("9")))
        == {}
    )


def test_slow_version_is_ignored(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is limited."""
    add_scores(registry, "2")
    is_over = Event()
    monkeypatch.setattr(upgrade, "_open", lambda *_: is_over.wait(60))
    monkeypatch.setattr(upgrade, "LIMIT_S", 0.01)
    assert find_refused(drop_output_check(build_status("2"))) == {}
    is_over.set()
