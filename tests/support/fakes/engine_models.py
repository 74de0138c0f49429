"""Builds small classifiers as ONNX files."""

from collections.abc import Sequence
from typing import Any

import onnx
from onnx import TensorProto, helper

from baton_registry.versions.output_schema import Label
from baton_registry.versions.schema import Column, Schema, TypeName

FLOAT, DOUBLE, INT64 = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64
BOOL, STRING = TensorProto.BOOL, TensorProto.STRING
Inputs = Sequence[tuple[str, int]]


def build_linear(
    inputs: Inputs, labels: Sequence[Any] = ("no", "yes"), *, zipmap: bool = False
) -> bytes:
    """Builds a classifier of one-column inputs: the last label if their sum is positive."""
    nodes = [helper.make_node("Cast", [name], [f"{name}_"], to=FLOAT) for name, _ in inputs]
    nodes.append(helper.make_node("Concat", [f"{name}_" for name, _ in inputs], ["all"], axis=1))
    nodes += build_classifier_nodes("all", len(inputs), labels, zipmap=zipmap)
    return build_model(nodes, [(name, kind, 1) for name, kind in inputs], labels, zipmap=zipmap)


def build_matrix(columns: int, labels: Sequence[Any] = ("no", "yes")) -> bytes:
    """Builds the same classifier with one input for all columns."""
    return build_model(
        build_classifier_nodes("x", columns, labels), [("x", FLOAT, columns)], labels
    )


def build_classifier_nodes(
    source: str, columns: int, labels: Sequence[Any], *, zipmap: bool = False
) -> Any:
    """Builds the nodes from the matrix `source` to `label` and `probabilities`."""
    ml = "ai.onnx.ml"
    is_text = isinstance(labels[0], str)
    named_nodes: dict[str, Any] = {"classlabels_strings" if is_text else "classlabels_ints": labels}
    named_zipmap: dict[str, Any] = {
        "classlabels_strings" if is_text else "classlabels_int64s": labels
    }
    table = "table" if zipmap else "probabilities"
    node = helper.make_node(
        "LinearClassifier",
        [source],
        ["label", table],
        domain=ml,
        coefficients=[-1.0] * columns + [1.0] * columns,
        intercepts=[0.0, 0.0],
        post_transform="SOFTMAX",
        **named_nodes,
    )
    if not zipmap:
        return [node]
    return [node, helper.make_node("ZipMap", [table], ["probabilities"], domain=ml, **named_zipmap)]


def build_model(
    nodes: Sequence[Any],
    inputs: Sequence[tuple[str, int, int]],
    labels: Sequence[Any],
    *,
    zipmap: bool = False,
) -> bytes:
    """Builds the file of a graph."""
    kind = STRING if isinstance(labels[0], str) else INT64
    probabilities = helper.make_tensor_type_proto(FLOAT, [None, 2])
    if zipmap:
        value = helper.make_tensor_type_proto(FLOAT, None)
        probabilities = helper.make_sequence_type_proto(helper.make_map_type_proto(kind, value))
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(n, k, [None, width]) for n, k, width in inputs],
        [
            helper.make_tensor_value_info("label", kind, [None]),
            helper.make_value_info("probabilities", probabilities),
        ],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def make_schema(*columns: tuple[str, TypeName], classes: tuple[Label, ...] | None = None) -> Schema:
    """Makes a schema of optional columns."""
    return Schema(tuple(Column(n, kind, required=False) for n, kind in columns), classes)


XN = make_schema(("x", "double"), ("n", "long"))


def build_network(*inner: Any, label: int = INT64, wide: bool = False) -> bytes:
    """Builds a neural network's export: the label is the index of the greatest probability."""
    shape = [None, 1] if wide else [None]
    nodes = [
        helper.make_node("Softmax", ["x"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["place"], axis=1, keepdims=int(wide)),
        *(inner or [helper.make_node("Cast", ["place"], ["label"], to=label)]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", FLOAT, [None, 2])],
        [
            helper.make_tensor_value_info("label", label, shape),
            helper.make_tensor_value_info("probabilities", FLOAT, [None, 2]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def build_endless() -> bytes:
    """Builds a classifier with a loop that never ends."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["continues"], ["continues_"]),
            helper.make_node("Identity", ["carried"], ["carried_"]),
        ],
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
    always = helper.make_tensor("always", BOOL, [], [True])
    nodes = [
        helper.make_node("Constant", [], ["always"], value=always),
        helper.make_node("Loop", ["", "always", "x"], ["looped"], body=body),
        *build_classifier_nodes("looped", 1, ("no", "yes")),
    ]
    return build_model(nodes, [("x", FLOAT, 1)], ("no", "yes"))


def build_regressor(
    columns: int,
    values: int = 1,
    *,
    kind: int = FLOAT,
    shape: Sequence[int | None] | None = None,
    weights: Sequence[float] = (),
) -> bytes:
    """Builds a model of one matrix: value k (from 1) is k times the weighted sum of the row.

    Args:
        columns: the number of columns.
        values: the number of values per row.
        kind: the type of the output.
        shape: the declared shape of the output; by default the right one.
        weights: the weight of each column; by default 1.
    """
    by_column = weights or [1.0] * columns
    cells = [weight * (at + 1) for weight in by_column for at in range(values)]
    table = helper.make_tensor("w", FLOAT, [columns, values], cells)
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["sum"]),
        helper.make_node("Cast", ["sum"], ["value"], to=kind),
    ]
    return build_matrix_graph(columns, nodes, [("value", kind, shape or [None, values])], [table])


def build_anomaly(columns: int, *, width: int | None = 1, low: int = -1, high: int = 1) -> bytes:
    """Builds a detector as skl2onnx does: the score is the row's sum, the label its sign.

    Args:
        columns: the number of columns.
        width: the declared and real width of both outputs; None for the shape `[n]`.
        low: the label of a row whose sum is not positive.
        high: the label of the other rows.
    """
    shape = [None] if width is None else [None, width]
    labels = [
        helper.make_tensor(name, INT64, [], [value]) for name, value in (("lo", low), ("hi", high))
    ]
    nodes = [
        helper.make_node("Constant", [], ["zero"], value_float=0.0),
        helper.make_node("Constant", [], ["axes"], value_ints=[1]),
        helper.make_node("ReduceSum", ["x", "axes"], ["scores"], keepdims=int(width is not None)),
        helper.make_node("Greater", ["scores", "zero"], ["is_high"]),
        helper.make_node("Where", ["is_high", "hi", "lo"], ["label"]),
    ]
    outputs = [("label", INT64, shape), ("scores", FLOAT, shape)]
    return build_matrix_graph(columns, nodes, outputs, labels)


def build_multilabel(columns: int, *, as_sequence: bool = False, offset: float = 0.0) -> bytes:
    """Builds a classifier with one label per column, as probable as the column plus `offset`."""
    nodes = [
        helper.make_node("Constant", [], ["half"], value_float=0.5),
        helper.make_node("Constant", [], ["offset"], value_float=offset),
        helper.make_node("Add", ["x", "offset"], ["present"]),
        helper.make_node("Greater", ["present", "half"], ["is_present"]),
        helper.make_node("Cast", ["is_present"], ["label"], to=INT64),
    ]
    label = ("label", INT64, [None, columns])
    if not as_sequence:
        return build_matrix_graph(columns, nodes, [label, ("present", FLOAT, [None, columns])])
    nodes += [
        helper.make_node("Constant", [], ["one"], value_float=1.0),
        helper.make_node("Sub", ["one", "present"], ["absent"]),
        helper.make_node("SplitToSequence", ["present"], ["presents"], axis=1),
        helper.make_node("SplitToSequence", ["absent"], ["absents"], axis=1),
    ]
    pairs = []
    for at in range(columns):
        nodes += [
            helper.make_node("Constant", [], [f"at{at}"], value_int=at),
            helper.make_node("SequenceAt", ["absents", f"at{at}"], [f"no{at}"]),
            helper.make_node("SequenceAt", ["presents", f"at{at}"], [f"yes{at}"]),
            helper.make_node("Concat", [f"no{at}", f"yes{at}"], [f"pair{at}"], axis=1),
        ]
        pairs.append(f"pair{at}")
    nodes.append(helper.make_node("SequenceConstruct", pairs, ["pairs"]))
    sequence = helper.make_sequence_type_proto(helper.make_tensor_type_proto(FLOAT, None))
    return build_matrix_graph(columns, nodes, [label, ("pairs", sequence)])


def build_matrix_graph(
    columns: int, nodes: Sequence[Any], outputs: Sequence[tuple[Any, ...]], constants: Any = ()
) -> bytes:
    """Builds the file of a graph with the float input `x`, `[n, columns]`.

    Args:
        columns: the number of columns.
        nodes: its nodes.
        outputs: name, type and shape of each output, or its name and protobuf type.
        constants: its initializers.
    """
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", FLOAT, [None, columns])],
        [
            helper.make_value_info(name, kind[0])
            if len(kind) == 1
            else helper.make_tensor_value_info(name, *kind)
            for name, *kind in outputs
        ],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content
