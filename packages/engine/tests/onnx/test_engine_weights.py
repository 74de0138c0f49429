"""Weight files of the ONNX Runtime engine."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from tests.support.fakes.engine_models import (
    FLOAT,
    build_matrix,
    make_schema,
)


def build_external_tensor(location: str) -> TensorProto:
    """Builds a tensor `w` whose 16 numbers are in a file."""
    tensor = TensorProto(name="w", data_type=FLOAT, dims=[16], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("length", "64")):
        tensor.external_data.add(key=key, value=value)
    return tensor


@pytest.mark.parametrize("as_constant", [False, True])
@pytest.mark.parametrize("location", ["weights", "./weights", "{folder}/weights", "../weights"])
def test_no_weight_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str, *, as_constant: bool
) -> None:
    """A model could name any file."""
    (tmp_path / "below").mkdir()
    for folder in (tmp_path, tmp_path / "below"):
        (folder / "weights").write_bytes(b"\0\0\x80\x3f" * 16)
    monkeypatch.chdir(tmp_path / "below")
    tensor = build_external_tensor(location.format(folder=tmp_path))
    model = onnx.load_model_from_string(build_matrix(16))
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1
    model.graph.node[0].input[0] = "greater"
    model.graph.node.insert(0, helper.make_node("Max", ["x", "w"], ["greater"]))
    if as_constant:
        model.graph.node.insert(0, helper.make_node("Constant", [], ["w"], value=tensor))
    else:
        model.graph.initializer.append(tensor)
    with pytest.raises(EngineError, match="cannot load"):
        OnnxEngine(model.SerializeToString(), make_schema(("x", "double")))


def build_with_weights(**entries: str) -> bytes:
    """Builds a classifier of one column whose 16 weights are in this part of a file."""
    model = onnx.load_model_from_string(build_matrix(16))
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1
    model.graph.node[0].input[0] = "product"
    model.graph.node.insert(0, helper.make_node("Mul", ["x", "w"], ["product"]))
    tensor = TensorProto(name="w", data_type=FLOAT, dims=[16], data_location=TensorProto.EXTERNAL)
    for key, value in {"location": "w.bin", **entries}.items():
        tensor.external_data.add(key=key, value=value)
    model.graph.initializer.append(tensor)
    content: bytes = model.SerializeToString()
    return content


@pytest.mark.parametrize(
    "entries", [{}, {"length": "64"}, {"offset": "64", "length": "64"}, {"location": "./w.bin"}]
)
def test_weights_are_read_from_memory(entries: dict[str, str]) -> None:
    file = np.ones(16 if "offset" not in entries else 32, np.float32)
    file[-16:] = -1.0
    name = entries.get("location", "w.bin")
    one = make_schema(("x", "double"))
    engine = OnnxEngine(build_with_weights(**entries), one, {name: file.tobytes()})
    assert engine.score_rows([(1.0,)])["label"].tolist() == ["no"]


@pytest.mark.parametrize(
    "entries",
    [
        {"offset": "4", "length": "64"},
        {"offset": "-4", "length": "64"},
        {"offset": str(2**63 - 1), "length": "64"},
        {"offset": str(2**64), "length": "64"},
        {"offset": "many"},
        {"length": "60"},
        {"length": "68"},
        {"length": "-64"},
        {"location": "/etc/passwd"},
        {"location": "../w.bin"},
    ],
)
def test_weights_outside_of_their_file_are_rejected(entries: dict[str, str]) -> None:
    """Also if the length does not match the tensor."""
    weights = {"w.bin": bytes(64)}
    with pytest.raises(EngineError, match="cannot load"):
        OnnxEngine(build_with_weights(**entries), make_schema(("x", "double")), weights)
