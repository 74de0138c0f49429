"""Classifiers of one column that are good for small values, and do harm for others.

They pass the checks of a load, as a real bad version does.
"""

from typing import Any, Literal

from onnx import TensorProto, helper

from baton_registry.versions.schema import Schema
from tests.support.fakes.engine_models import build_classifier_nodes, build_model, make_schema

BOOL, FLOAT, INT64 = TensorProto.BOOL, TensorProto.FLOAT, TensorProto.INT64
Harm = Literal["loops", "fails", "nan", "allocates", "grows", "merges"]
SCHEMA: Schema = make_schema(("x", "double"), classes=("no", "yes"))
GOOD, BAD = 1.5, 1000.0
"""A value that the models score, and one with which they do harm."""


def build_bad_model(harm: Harm) -> bytes:
    """Builds a classifier that does harm if any value of the column exceeds 100.

    Args:
        harm: it loops for ever, fails, answers NaN, allocates 1 PiB at once or memory without end,
            or answers one row only.
    """
    flag = [
        helper.make_node("Constant", [], ["hundred"], value_float=100.0),
        helper.make_node("ReduceMax", ["x"], ["most"], keepdims=0),
        helper.make_node("Greater", ["most", "hundred"], ["is_bad"]),
    ]
    nodes = [*flag, *_HARMS[harm](), *build_classifier_nodes("used", 1, ("no", "yes"))]
    return build_model(nodes, [("x", FLOAT, 1)], ("no", "yes"))


def _loop() -> list[Any]:
    return _repeat(helper.make_node("Identity", ["carried"], ["carried_"]))


def _grow() -> list[Any]:
    return _repeat(helper.make_node("Concat", ["carried", "carried"], ["carried_"], axis=0))


def _repeat(step: Any) -> list[Any]:
    """Builds a loop that never ends; `step` changes the tensor that it carries."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["continues"], ["continues_"]), step],
        "body",
        [
            helper.make_tensor_value_info("turn", INT64, []),
            helper.make_tensor_value_info("continues", BOOL, []),
            helper.make_tensor_value_info("carried", FLOAT, [None, 1]),
        ],
        [
            helper.make_tensor_value_info("continues_", BOOL, []),
            helper.make_tensor_value_info("carried_", FLOAT, [None, 1]),
        ],
    )
    return [helper.make_node("Loop", ["", "is_bad", "x"], ["used"], body=body)]


def _fail() -> list[Any]:
    return [
        helper.make_node("Constant", [], ["places"], value_floats=[0.0]),
        helper.make_node("Constant", [], ["nine"], value_int=9),
        helper.make_node("Cast", ["is_bad"], ["times"], to=INT64),
        helper.make_node("Mul", ["times", "nine"], ["place"]),
        helper.make_node("Gather", ["places", "place"], ["zero"]),  # out of bounds
        helper.make_node("Add", ["x", "zero"], ["used"]),
    ]


def _answer_nan() -> list[Any]:
    return [
        helper.make_node("Constant", [], ["nan"], value_float=float("nan")),
        helper.make_node("Where", ["is_bad", "nan", "x"], ["used"]),
    ]


def _allocate() -> list[Any]:
    return [
        # More than the address space of a process: no kernel grants it.
        helper.make_node("Constant", [], ["many"], value_ints=[2**48]),
        helper.make_node("Constant", [], ["one"], value_ints=[1]),
        helper.make_node("Where", ["is_bad", "many", "one"], ["count"]),
        helper.make_node("ConstantOfShape", ["count"], ["zeros"]),
        helper.make_node("ReduceMax", ["zeros"], ["zero"], keepdims=0),
        helper.make_node("Add", ["x", "zero"], ["used"]),
    ]


def _merge() -> list[Any]:
    return [
        helper.make_node("Constant", [], ["start"], value_ints=[0]),
        helper.make_node("Constant", [], ["many"], value_ints=[2**40]),
        helper.make_node("Constant", [], ["one"], value_ints=[1]),
        helper.make_node("Where", ["is_bad", "one", "many"], ["end"]),
        helper.make_node("Slice", ["x", "start", "end", "start"], ["used"]),
    ]


_HARMS = {
    "loops": _loop,
    "fails": _fail,
    "nan": _answer_nan,
    "allocates": _allocate,
    "grows": _grow,
    "merges": _merge,
}
