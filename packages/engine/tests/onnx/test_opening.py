"""Building engines of fetched versions."""

import pytest
from onnx import TensorProto, helper

from baton_engine.engine import EngineError
from baton_engine.onnx import opening
from baton_engine.onnx.opening import open_engine
from baton_engine.onnx.synthetic import build_synthetic_rows
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.mlmodel import MLModel
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.engine_models import (
    XN,
    build_endless,
    build_linear,
    build_matrix,
    build_matrix_graph,
    build_network,
    make_schema,
)

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
TWO_INPUTS = [("x", FLOAT), ("n", INT64)]


def build_fetched(onnx: bytes, schema: Schema = XN) -> FetchedModel:
    """Builds a version with this ONNX file."""
    version = ModelVersion("m", "1", run_id="r", source="s")
    mlmodel = MLModel(schema, "model.onnx", None)
    return FetchedModel(version, mlmodel, onnx, None, verified=True, checksums={})


def build_scorer(post_transform: str) -> bytes:
    """Builds a linear classifier with this `post_transform`."""
    node = helper.make_node(
        "LinearClassifier",
        ["x"],
        ["label", "probabilities"],
        domain="ai.onnx.ml",
        coefficients=[-1.0, -2.0, 1.0, 2.0],
        intercepts=[0.0, 0.0],
        classlabels_strings=["no", "yes"],
        post_transform=post_transform,
    )
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("x", FLOAT, [None, 2])],
        [
            helper.make_tensor_value_info("label", TensorProto.STRING, [None]),
            helper.make_tensor_value_info("probabilities", FLOAT, [None, 2]),
        ],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    content: bytes = model.SerializeToString()
    return content


@pytest.mark.parametrize(
    "model",
    [
        build_linear(TWO_INPUTS),
        build_linear(TWO_INPUTS, zipmap=True),
        build_matrix(2),
        build_network(),
    ],
)
def test_models_with_probabilities_are_opened(model: bytes) -> None:
    """With every form of inputs and outputs."""
    assert len(open_engine(build_fetched(model)).output_schema.classes) == 2


def test_decision_scores_are_rejected() -> None:
    """Softmax is accepted."""
    open_engine(build_fetched(build_scorer("SOFTMAX")))
    with pytest.raises(EngineError, match="decision scores"):
        open_engine(build_fetched(build_scorer("NONE")))


def test_wrong_number_of_classes_is_rejected() -> None:
    for classes in (("no", "maybe", "yes"), ("no",)):
        with pytest.raises(EngineError, match=r"classes|labels"):
            open_engine(build_fetched(build_matrix(2), Schema(XN.columns, classes)))


def test_labels_that_are_not_indices_are_rejected() -> None:
    """They would get another class' probability."""
    from_one = [
        helper.make_node("Constant", [], ["one"], value_int=1),
        helper.make_node("Sub", ["one", "place"], ["label"]),
    ]
    with pytest.raises(EngineError, match="does not name its classes"):
        open_engine(build_fetched(build_network(*from_one)))


def test_model_that_fails_on_synthetic_rows_is_opened() -> None:
    """It may reject unknown categories."""
    fails = [helper.make_node("Gather", ["place", "far"], ["label"])]
    far = helper.make_node("Constant", [], ["far"], value_ints=[9])
    engine = open_engine(build_fetched(build_network(far, *fails)))
    with pytest.raises(Exception, match="out of"):
        engine.score_rows([(0.0, 0)])


def test_model_that_mixes_rows_is_rejected() -> None:
    """A softmax over the wrong axis: each answer depends on the rows of the call."""
    softmax = [helper.make_node("Softmax", ["x"], ["p"], axis=0)]
    model = build_matrix_graph(2, softmax, [("p", FLOAT, [None, 2])])
    with pytest.raises(EngineError, match="answers rows differently"):
        open_engine(build_fetched(model))


def test_endless_model_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LIMIT_S", 0.05)
    with pytest.raises(EngineError, match="does not end"):
        open_engine(build_fetched(build_endless(), make_schema(("x", "double"))))


def test_synthetic_rows_have_the_column_types() -> None:
    """They use known categories and differ."""
    columns = (
        Column("plan", "string", categories=("basic", "pro")),
        Column("note", "string"),
        Column("flag", "boolean"),
        Column("whole", "integer"),
        Column("real", "double"),
    )
    rows = build_synthetic_rows(Schema(columns))
    assert rows[:2] == [("basic", "a", False, 0, 0.0), ("pro", "a", True, 1, -1.0)]
    assert [*map(type, rows[0])] == [str, str, bool, int, float]
    assert len({*rows}) == len(rows) > 2
