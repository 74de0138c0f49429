"""One ONNX input a column, however many: the part of a pipeline's graph before its matrices.

skl2onnx looks each input up among all others, and each new node's name among all names: 20,000
columns took minutes. So it converts the pipeline from two matrices on, all numbers and all
categories one-hot, and the nodes that make these of the columns are written here. They are those
that it would write.
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
"""Of a pipeline's first step, for some columns: its name, what was fitted, names of columns."""


def split_off_columns(fitted: Pipeline) -> tuple[Pipeline, dict[str, int]]:
    """The pipeline as it goes on from one matrix for each of its column steps.

    Returns:
        It, and the matrices: a column step's name to the number of columns.
    """
    widths: dict[str, int] = {}
    steps = []
    for name, step, columns in _list_steps(fitted):
        is_text = isinstance(step, OneHotEncoder)
        start = sum(widths.values())
        widths[name] = sum(map(len, step.categories_)) if is_text else len(columns)
        places = [*range(start, start + widths[name])]
        steps.append((name, "passthrough" if is_text else step, places))
    name, all_columns = fitted.steps[0]
    rest = copy(all_columns)
    rest.transformers_ = steps
    return Pipeline([(name, rest), *fitted.steps[1:]]), widths


def insert_inputs(graph: onnx.GraphProto, fitted: Pipeline, columns: Sequence[Column]) -> None:
    """Replaces the matrices by one input `[n, 1]` a column, in their order, called `column_0` ….

    Texts are strings. Numbers and booleans are float32: tree operators of ONNX take nothing else.
    """
    inputs = {column.name: f"column_{place}" for place, column in enumerate(columns)}
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
    """The nodes that make a step's matrix, which is called as the step is, of its columns."""
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
            zeros=1,  # for a category that it does not know
        )
    # Each is of shape [n, 1, categories].
    one_hot = [f"{tensor}_one_hot" for tensor in tensors]
    yield helper.make_node("Concat", one_hot, [f"{name}_one_hot"], axis=2)
    yield helper.make_node("Flatten", [f"{name}_one_hot"], [name], axis=1)
