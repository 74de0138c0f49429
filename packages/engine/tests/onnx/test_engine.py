"""ONNX Runtime as an engine, on small classifiers made by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import Array, to_array
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.engine_models import (
    BOOL,
    DOUBLE,
    FLOAT,
    INT64,
    STRING,
    XN,
    build_classifier_nodes,
    build_endless,
    build_linear,
    build_matrix,
    build_model,
    build_network,
    make_schema,
)


def arrays(of: Schema, *values: Sequence[Any]) -> dict[str, Array]:
    """Values as the columns of a schema."""
    return {c.name: to_array(c, v) for c, v in zip(of.columns, values, strict=True)}


@pytest.mark.parametrize("zipmap", [False, True])
def test_one_input_a_column(*, zipmap: bool) -> None:
    """Columns go to the inputs of their names, cast to their types; ZipMap makes no difference."""
    engine = OnnxEngine(build_linear([("n", INT64), ("x", FLOAT)], zipmap=zipmap), XN)
    scores = engine.score(arrays(XN, [0.5, -3], [1, 1]))
    assert engine.classes == ("no", "yes")
    assert scores.labels.tolist() == ["yes", "no"]
    assert scores.probabilities.shape == (2, 2)
    assert scores.probabilities.dtype == np.float32
    expected = 1 / (1 + np.exp(-2 * np.array([1.5, -2])))
    np.testing.assert_allclose(scores.probabilities[:, 1], expected, rtol=1e-6)
    np.testing.assert_allclose(scores.probabilities.sum(axis=1), 1, rtol=1e-6)


def test_one_input_for_all_columns() -> None:
    """A single matrix takes the columns in the order of the schema."""
    scores = OnnxEngine(build_matrix(2), XN).score(arrays(XN, [0.5, -3], [1, 1]))
    assert scores.labels.tolist() == ["yes", "no"]


@pytest.mark.parametrize("zipmap", [False, True])
def test_labels_have_the_type_of_the_target(*, zipmap: bool) -> None:
    """Whole numbers stay whole numbers; where the schema says boolean, they are booleans."""
    columns = arrays(XN, [0.5, -3], [1, 1])
    numbers = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)], (0, 1), zipmap=zipmap), XN)
    assert numbers.classes == (0, 1)
    assert numbers.score(columns).labels.tolist() == [1, 0]
    told = Schema(XN.columns, classes=(False, True))
    booleans = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)], (0, 1), zipmap=zipmap), told)
    labels = booleans.score(columns).labels.tolist()
    assert labels == [True, False]
    assert all(type(label) is bool for label in labels)


def test_zipmap_follows_the_classes_not_its_keys() -> None:
    """The probabilities are in the order of the classes, however the map is sorted."""
    model = build_linear([("x", FLOAT)], ("zebra", "ant"), zipmap=True)
    engine = OnnxEngine(model, make_schema(("x", "double")))
    assert engine.classes == ("zebra", "ant")
    scores = engine.score({"x": np.array([3.0])})
    assert scores.labels.tolist() == ["ant"]
    assert scores.probabilities[0, 1] > 0.9


def test_classes_that_the_model_does_not_know() -> None:
    """Classes recorded beside the model that it does not know are an error, not a guess."""
    told = Schema(XN.columns, classes=("no", "maybe"))
    engine = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)], zipmap=True), told)
    with pytest.raises(EngineError, match="maybe"):
        engine.score(arrays(XN, [0.5], [1]))


def test_missing_numbers() -> None:
    """A missing number is NaN where the input can hold it, and an error where it cannot."""
    columns = arrays(XN, [None, 1.0], [None, 2])
    floats = OnnxEngine(build_linear([("x", FLOAT), ("n", FLOAT)]), XN)
    assert np.isnan(floats.score(columns).probabilities[0]).all()
    whole = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)]), XN)
    with pytest.raises(EngineError, match="missing"):
        whole.score(columns)
    assert whole.score(arrays(XN, [1.0], [2])).labels.tolist() == ["yes"]


def test_a_double_beyond_a_float_is_infinite() -> None:
    """A double that the input's floats cannot hold is infinite, and warns nobody."""
    one = make_schema(("x", "double"))
    scores = OnnxEngine(build_linear([("x", FLOAT)]), one).score(arrays(one, [1e300, -1e300]))
    assert scores.labels.shape == (2,)


def test_booleans_and_text() -> None:
    """Booleans and text go in as they are."""
    both = make_schema(("b", "boolean"), ("s", "string"))
    nodes = [
        helper.make_node("Cast", ["b"], ["b_"], to=FLOAT),
        helper.make_node(
            "OneHotEncoder", ["s"], ["hot"], domain="ai.onnx.ml", cats_strings=["a"], zeros=1
        ),
        helper.make_node("Reshape", ["hot", "shape"], ["s_"]),
        helper.make_node("Concat", ["b_", "s_"], ["all"], axis=1),
        *build_classifier_nodes("all", 2, ("no", "yes")),
    ]
    shape = helper.make_node("Constant", [], ["shape"], value_ints=[-1, 1])
    model = build_model([shape, *nodes], [("b", BOOL, 1), ("s", STRING, 1)], ("no", "yes"))
    scores = OnnxEngine(model, both).score(arrays(both, [True, False, False], [None, "a", "odd"]))
    assert scores.labels.tolist()[:2] == ["yes", "yes"]
    np.testing.assert_allclose(scores.probabilities[2], [0.5, 0.5])


def test_inputs_that_are_not_the_columns() -> None:
    """A model whose inputs are not the schema's columns is refused, and they are named."""
    with pytest.raises(EngineError, match="'other'"):
        OnnxEngine(build_linear([("x", FLOAT), ("other", FLOAT)]), XN)


def test_an_input_of_an_odd_type() -> None:
    """An input of a type that no column has is refused."""
    half = TensorProto.FLOAT16
    with pytest.raises(EngineError, match="float16"):
        OnnxEngine(build_linear([("x", half), ("n", FLOAT)]), XN)


@pytest.mark.parametrize("content", [b"", b"not onnx", build_linear([("x", FLOAT)])[:-20]])
def test_what_is_not_onnx(content: bytes) -> None:
    """What ONNX Runtime cannot load is refused in one line."""
    with pytest.raises(EngineError) as caught:
        OnnxEngine(content, XN)
    assert "\n" not in str(caught.value)


def test_a_model_that_is_no_classifier() -> None:
    """A model without a label is refused."""
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", FLOAT, [None, 1])],
        [helper.make_tensor_value_info("y", FLOAT, [None, 1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    with pytest.raises(EngineError, match="not a classifier"):
        OnnxEngine(model.SerializeToString(), make_schema(("x", "double")))


def external(location: str) -> TensorProto:
    """A tensor `w` of 16 numbers that stand in a file."""
    tensor = TensorProto(name="w", data_type=FLOAT, dims=[16], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("length", "64")):
        tensor.external_data.add(key=key, value=value)
    return tensor


@pytest.mark.parametrize("as_constant", [False, True])
@pytest.mark.parametrize("location", ["weights", "./weights", "{folder}/weights", "../weights"])
def test_reads_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str, *, as_constant: bool
) -> None:
    """A model whose weights stand in another file is refused: any file could be named."""
    (tmp_path / "below").mkdir()
    for folder in (tmp_path, tmp_path / "below"):
        (folder / "weights").write_bytes(b"\0\0\x80\x3f" * 16)
    monkeypatch.chdir(tmp_path / "below")
    tensor = external(location.format(folder=tmp_path))
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


@pytest.mark.parametrize("rows", [[0, 1, 2], [0], [1], [2]])
def test_probabilities_stay_within_their_range(
    rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What rounding put just outside of [0, 1] is put back; what is missing stays so."""
    engine = OnnxEngine(build_linear([("a", FLOAT)]), Schema((Column("a", "double"),)))
    raw = np.array([[-1.2e-7, 1.0], [np.nan, 0.5], [0.0, 1.0000001]], dtype=np.float32)[rows]
    expected = np.array([[0.0, 1.0], [np.nan, 0.5], [0.0, 1.0]])[rows]

    def run(outputs: Any, feed: Any, options: Any) -> Any:
        return np.array(["yes"] * len(rows), dtype=object), raw

    monkeypatch.setattr(engine, "_run", run)
    scores = engine.score({"a": np.ones(len(rows))})
    np.testing.assert_array_equal(scores.probabilities, expected)
    assert scores.probabilities.dtype == np.float32


@pytest.mark.parametrize("label", [INT64, TensorProto.INT32])
@pytest.mark.parametrize("wide", [False, True])
def test_places_are_labels(label: int, *, wide: bool) -> None:
    """Without names the classes are 0, 1, …; a label of shape `[n, 1]` is a label."""
    engine = OnnxEngine(build_network(label=label, wide=wide), XN)
    assert engine.classes == (0, 1)
    for rows in ([(3.0, 1)], [(3.0, 1), (0.5, 1)]):
        assert engine.score_rows(rows).labels.tolist() == [0, 1][: len(rows)]


@pytest.mark.parametrize("wide", [False, True])
def test_recorded_names_of_places(*, wide: bool) -> None:
    """Where the classes that are recorded are texts, a whole number is the place of one."""
    engine = OnnxEngine(build_network(wide=wide), Schema(XN.columns, ("leaves", "stays")))
    assert engine.score_rows([(3.0, 1), (0.5, 1)]).labels.tolist() == ["leaves", "stays"]
    with pytest.raises(EngineError, match="names only"):
        OnnxEngine(build_network(), Schema(XN.columns, ("leaves",))).score_rows([(0.5, 1)])


def test_a_class_named_twice() -> None:
    """Two classes of one name cannot be told apart in an answer."""
    with pytest.raises(EngineError, match="twice"):
        OnnxEngine(build_network(), Schema(XN.columns, ("a", "a")))


@pytest.mark.parametrize("kind", [DOUBLE, TensorProto.FLOAT16])
def test_probabilities_of_other_widths(kind: int) -> None:
    """Probabilities of doubles and of half precision are given as float32."""
    model = onnx.load_model_from_string(build_network())
    model.graph.node[0].output[0] = "narrow"
    model.graph.node[1].input[0] = "narrow"
    model.graph.node.append(helper.make_node("Cast", ["narrow"], ["probabilities"], to=kind))
    model.graph.output[1].type.tensor_type.elem_type = kind
    engine = OnnxEngine(model.SerializeToString(), XN)
    for rows in ([(3.0, 1)], [(3.0, 1), (0.5, 1)]):
        probabilities = engine.score_rows(rows).probabilities
        assert probabilities.dtype == np.float32
        np.testing.assert_allclose(probabilities[0], [0.8808, 0.1192], atol=1e-3)


def with_weights(**entries: str) -> bytes:
    """A classifier of one column whose 16 weights stand in a file, in this part of it."""
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
def test_takes_weights_from_memory(entries: dict[str, str]) -> None:
    """The weights are those that were handed in, from where the model says."""
    file = np.ones(16 if "offset" not in entries else 32, np.float32)
    file[-16:] = -1.0
    name = entries.get("location", "w.bin")
    one = make_schema(("x", "double"))
    engine = OnnxEngine(with_weights(**entries), one, {name: file.tobytes()})
    assert engine.score_rows([(1.0,)]).labels.tolist() == ["no"]


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
def test_weights_beyond_their_file(entries: dict[str, str]) -> None:
    """A part that is not within the file, not as long as the tensor, or elsewhere is refused."""
    weights = {"w.bin": bytes(64)}
    with pytest.raises(EngineError, match="cannot load"):
        OnnxEngine(with_weights(**entries), make_schema(("x", "double")), weights)


def test_a_model_that_never_ends_is_stopped() -> None:
    """Within the block a model that loops for ever is an error; afterwards others run as before."""
    one = make_schema(("x", "double"))
    engine = OnnxEngine(build_endless(), one)
    with engine.limit_time(0.05), pytest.raises(EngineError, match="does not end"):
        engine.score_rows([(1.0,)])

    engine = OnnxEngine(build_linear([("x", DOUBLE)]), one)
    with engine.limit_time(60):
        assert engine.score_rows([(1.0,)]).labels.tolist() == ["yes"]


def test_the_private_call_gives_what_the_public_one_gives() -> None:
    """`_sess.run` skips a look at the names of the inputs, and changes nothing else."""
    engine = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)]), XN)
    feed = {"x": np.array([[0.5], [-3]], np.float32), "n": np.array([[1], [1]], np.int64)}
    public = engine._session.run(engine._outputs, feed)
    private = engine._run(engine._outputs, feed, None)
    for one, other in zip(public, private, strict=True):
        np.testing.assert_array_equal(one, other)


def test_parts_are_scored_as_if_each_were_alone() -> None:
    """Rows and columns of several requests share a call; each is cast by itself."""
    engine = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)]), XN)
    rows = [(0.5, 2**60 + 1)]
    columns = arrays(XN, [-0.25, 1e300], [-(2**60), 3])
    together = engine.score_parts([rows, columns, rows])
    one, two = engine.score_rows(rows), engine.score(columns)
    assert together.labels.tolist() == [*one.labels, *two.labels, *one.labels]
    np.testing.assert_array_equal(
        together.probabilities,
        np.concatenate([one.probabilities, two.probabilities, one.probabilities]),
    )
