"""Gives an ONNX graph one input per column: the part of the graph before its matrices.

skl2onnx compares each input with all others, and each new name with all names: 20,000 columns took
minutes. So skl2onnx converts the pipeline from two matrices on, all numbers and all one-hot
categories. This module adds the nodes that build the matrices, the same as skl2onnx would.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

import onnx
from onnx import helper
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from baton_registry.versions.schema import Column

_ML = "ai.onnx.ml"

Step = tuple[str, Any, Sequence[str]]
"""A part of a pipeline's first step: its name, the fitted transformer, its columns."""


def split_off_columns(fitted: Pipeline) -> tuple[Pipeline, dict[str, int]]:
    """Returns the pipeline from one matrix per column step on.

    Returns:
        The pipeline, and the width of each column step's matrix, by name.
    """
    widths: dict[str, int] = {}
    steps = []
    for name, step, columns in _list_steps(fitted):
        is_text = isinstance(step, OneHotEncoder)
        start = sum(widths.values())
        widths[name] = sum(map(len, step.categories_)) if is_text else len(columns)
        indices = [*range(start, start + widths[name])]
        steps.append((name, "passthrough" if is_text else step, indices))
    name, all_columns = fitted.steps[0]
    rest = copy(all_columns)
    rest.transformers_ = steps
    return Pipeline([(name, rest), *fitted.steps[1:]]), widths


def insert_inputs(graph: onnx.GraphProto, fitted: Pipeline, columns: Sequence[Column]) -> None:
    """Replaces the matrices by one input `[n, 1]` per column, in order: `column_0`, `column_1` ….

    Texts are strings. Numbers and booleans are float32, the only type of ONNX's tree operators.
    """
    inputs = {column.name: f"column_{index}" for index, column in enumerate(columns)}
    nodes = [node for step in _list_steps(fitted) for node in _build_nodes(step, inputs)]
    nodes += graph.node
    del graph.node[:], graph.input[:]
    graph.node.extend(nodes)
    for column in columns:
        kind = onnx.TensorProto.STRING if column.type == "string" else onnx.TensorProto.FLOAT
        graph.input.append(helper.make_tensor_value_info(inputs[column.name], kind, [None, 1]))


def _list_steps(fitted: Pipeline) -> Iterator[Step]:
    all_columns = fitted.steps[0][1]
    for name, _, columns in all_columns.transformers:
        yield name, all_columns.named_transformers_[name], columns


def _build_nodes(step: Step, inputs: Mapping[str, str]) -> Iterator[onnx.NodeProto]:
    """Builds the nodes that join a step's columns to its matrix, which has the step's name."""
    name, fitted, columns = step
    tensors = [inputs[column] for column in columns]
    if not isinstance(fitted, OneHotEncoder):
        yield helper.make_node("Concat", tensors, [name], axis=1)
        return
    for tensor, categories in zip(tensors, fitted.categories_, strict=True):
        yield helper.make_node(
            "OneHotEncoder",
            [tensor],
            [f"{tensor}_one_hot"],
            domain=_ML,
            cats_strings=[*categories],
            zeros=1,  # for an unknown category
        )
    # Each has the shape [n, 1, categories].
    one_hot = [f"{tensor}_one_hot" for tensor in tensors]
    yield helper.make_node("Concat", one_hot, [f"{name}_one_hot"], axis=2)
    yield helper.make_node("Flatten", [f"{name}_one_hot"], [name], axis=1)
