"""Small classifiers in ONNX that harm callers, each in its own way, on rows of two columns.

A row with 0.99 < a < 0.9999 is hit: one of a hundred, if `a` is drawn from [0, 1]. The synthetic
rows of a load are not hit.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.engine_models import FLOAT, INT64, build_classifier_nodes, build_model

AB = Schema((Column("a", "float"), Column("b", "float")), classes=("no", "yes"))
LOW, HIGH = 0.99, 0.9999
_WIDTH, _LAYERS = 384, 24


def build_good() -> bytes:
    """The label is `yes` if b - a is positive."""
    return _build([], "a")


def build_failing() -> bytes:
    """Raises an error if a row is hit."""
    nodes = [
        *_find_hits(),
        _constant("bad", np.array(10**6)),
        _constant("good", np.array(0)),
        _constant("zeros", np.zeros(1, np.float32)),
        helper.make_node("Where", ["is_hit", "bad", "good"], ["index"]),
        helper.make_node("Gather", ["zeros", "index"], ["zero"]),
        helper.make_node("Add", ["a", "zero"], ["a_"]),
    ]
    return _build(nodes, "a_")


def build_nan() -> bytes:
    """Answers NaN for a row that is hit."""
    nodes = [
        *_find_hits(),
        _constant("nan", np.array(np.nan, np.float32)),
        helper.make_node("Where", ["is_hit", "nan", "a"], ["a_"]),
    ]
    return _build(nodes, "a_")


def build_other_units() -> bytes:
    """Takes the column `b` in other units."""
    nodes = [
        _constant("factor", np.array(12, np.float32)),
        helper.make_node("Mul", ["b", "factor"], ["b_"]),
    ]
    return _build(nodes, "a", "b_")


def build_slow(layers: int = _LAYERS) -> bytes:
    """Multiplies large matrices first: about half a millisecond for each layer."""
    nodes = [
        _constant("none", np.array(0, np.float32)),
        _constant("layer", np.eye(_WIDTH, dtype=np.float32)),
        helper.make_node("Mul", ["a", "none"], ["zeros"]),  # else it would be computed at the load
        helper.make_node("ReduceMax", ["zeros"], ["start"], keepdims=0),
        helper.make_node("Mul", ["layer", "start"], ["work0"]),
    ]
    nodes += [
        helper.make_node("MatMul", [f"work{at}", "layer"], [f"work{at + 1}"])
        for at in range(layers)
    ]
    nodes += [
        helper.make_node("ReduceMax", [f"work{layers}"], ["zero"], keepdims=0),
        helper.make_node("Add", ["a", "zero"], ["a_"]),
    ]
    return _build(nodes, "a_")


def build_looping() -> bytes:
    """Never ends if a row is hit."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["continues"], ["continues_"]),
            helper.make_node("Identity", ["carried"], ["carried_"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("turn", INT64, []),
            helper.make_tensor_value_info("continues", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried", FLOAT, [None, 1]),
        ],
        [
            helper.make_tensor_value_info("continues_", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried_", FLOAT, [None, 1]),
        ],
    )
    nodes = [
        *_find_hits(),
        helper.make_node("Cast", ["is_hit"], ["hits"], to=FLOAT),
        helper.make_node("ReduceMax", ["hits"], ["hit"], keepdims=0),
        helper.make_node("Cast", ["hit"], ["goes_on"], to=TensorProto.BOOL),
        helper.make_node("Loop", ["", "goes_on", "a"], ["a_"], body=body),
    ]
    return _build(nodes, "a_")


def _find_hits() -> list[Any]:
    return [
        _constant("low", np.array(LOW, np.float32)),
        _constant("high", np.array(HIGH, np.float32)),
        helper.make_node("Greater", ["a", "low"], ["is_above"]),
        helper.make_node("Less", ["a", "high"], ["is_below"]),
        helper.make_node("And", ["is_above", "is_below"], ["is_hit"]),
    ]


def _constant(name: str, value: np.ndarray[Any, Any]) -> Any:
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value, name))


def _build(nodes: Sequence[Any], *sources: str) -> bytes:
    a, b = (*sources, "b")[:2]
    graph = [
        *nodes,
        helper.make_node("Neg", [a], ["minus"]),
        helper.make_node("Concat", ["minus", b], ["all"], axis=1),
        *build_classifier_nodes("all", 2, ("no", "yes")),
    ]
    return build_model(graph, [("a", FLOAT, 1), ("b", FLOAT, 1)], ("no", "yes"))
