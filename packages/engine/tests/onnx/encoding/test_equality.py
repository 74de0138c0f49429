"""Encoding outside of ONNX gives the answers of the whole graph, bit for bit."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.encoding.encoding import build_encoded
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import to_array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Schema
from tests.support.fakes.encoding_graphs import DOUBLE, FLOAT, GraphBuilder

TEXTS = ["a", "b", "", "é", "a\0", "a ", "None", "long " * 20]
NUMBERS = (
    st.floats(width=32)
    | st.floats()
    | st.integers(-(2**60), 2**60)
    | st.sampled_from([None, math.nan])
)
CONSTANTS = st.sampled_from([0.1, -3.0, 1e-30, 7e5, 1e30]).map(np.float32).map(float)


@st.composite
def draw_graph(draw: st.DrawFn) -> tuple[bytes, Schema]:
    """Draws a graph of skl2onnx's form (float32) or `baton_export`'s (double)."""
    graph = GraphBuilder(draw(st.sampled_from([FLOAT, DOUBLE])))
    parts = [
        draw(st.sampled_from([draw_numbers, draw_texts]))(draw, graph, f"part {at} ")
        for at in range(draw(st.integers(1, 4)))
    ]
    width = sum(size for _, size in parts)
    matrix = graph.join(*(name for name, _ in parts))
    if draw(st.booleans()):
        chosen = draw(st.permutations(range(width)))[: draw(st.integers(1, width))]
        matrix, width = (
            graph.add("Gather", matrix, graph.constant(chosen, np.int64), axis=1),
            len(chosen),
        )
    kind = draw(st.sampled_from([FLOAT, DOUBLE]))
    return graph.build(graph.add("Cast", matrix, to=kind), width, kind)


def draw_numbers(draw: st.DrawFn, graph: GraphBuilder, name: str) -> tuple[str, int]:
    """Draws columns of numbers with an imputer and a scaler, and sometimes an unknown operator."""
    width = draw(st.integers(1, 3))
    matrix = graph.join(*(graph.number(f"{name}{at}") for at in range(width)))

    def draw_constants() -> list[float]:
        return [draw(CONSTANTS) for _ in range(width)]

    if draw(st.booleans()) and graph.kind == FLOAT:
        gap = {"replaced_value_float": math.nan, "imputed_value_floats": draw_constants()}
        matrix = graph.add("Imputer", matrix, domain="ai.onnx.ml", **gap)
    elif draw(st.booleans()):
        matrix = graph.fill(matrix, draw_constants())
    if draw(st.booleans()) and graph.kind == FLOAT:
        scaler = {"offset": draw_constants(), "scale": draw_constants()}
        matrix = graph.add("Scaler", matrix, domain="ai.onnx.ml", **scaler)
    for operator in draw(
        st.lists(st.sampled_from(["Sub", "Div", "Mul", "Add", "Abs"]), max_size=3)
    ):
        operands = [] if operator == "Abs" else [graph.constant([draw_constants()])]
        matrix = graph.add(operator, matrix, *operands)
    return matrix, width


def draw_texts(draw: st.DrawFn, graph: GraphBuilder, name: str) -> tuple[str, int]:
    """Draws columns of texts with one-hot encoders; some fail on an unknown text."""
    parts, width = [], 0
    for at in range(draw(st.integers(1, 3))):
        categories = draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4, unique=True))
        text = graph.text(f"{name}{at}", required=draw(st.booleans()))
        parts.append(graph.one_hot(text, categories, zeros=draw(st.sampled_from([1, 1, 1, 0]))))
        width += len(categories)
    cube = graph.join(*parts, axis=draw(st.sampled_from([2, -1])))
    matrix = graph.table(cube, width) if draw(st.booleans()) else graph.add("Flatten", cube, axis=1)
    return (graph.add("Cast", matrix, to=DOUBLE) if graph.kind == DOUBLE else matrix), width


def answer(score: Callable[[Any], Scores], argument: Any) -> Any:
    """Returns the bits of an answer, where every NaN has the same; None if the call fails."""
    try:
        values = score(argument)["value"]
    except Exception:  # noqa: BLE001 - ONNX Runtime's errors have no common base
        return None
    return values.shape, np.where(np.isnan(values), np.nan, values).tobytes()


def to_columns(schema: Schema, rows: Rows) -> dict[str, Any]:
    cells = zip(*rows, strict=True)
    return {c.name: to_array(c, v) for c, v in zip(schema.columns, cells, strict=True)}


def assert_same(whole: OnnxEngine, encoded: OnnxEngine, schema: Schema, rows: Rows) -> None:
    """Compares both as lone rows, rows, columns and parts."""
    for row in rows:
        assert answer(encoded.score_rows, [row]) == answer(whole.score_rows, [row])
    assert answer(encoded.score_rows, rows) == answer(whole.score_rows, rows)
    columns = to_columns(schema, rows)
    assert answer(encoded.score, columns) == answer(whole.score, columns)
    assert answer(encoded.score_parts, [rows, columns]) == answer(
        whole.score_parts, [rows, columns]
    )


@given(graph=draw_graph(), data=st.data())
@settings(deadline=None, max_examples=60)
def test_answers_are_the_same(graph: tuple[bytes, Schema], data: st.DataObject) -> None:
    """For all kinds of rows, also those on which the model fails."""
    model, schema = graph
    whole = OnnxEngine(model, schema)
    try:
        encoded = build_encoded(whole, model, schema, ())
    except EngineError as error:
        if "as many inputs" not in str(error):  # every other graph is encoded
            raise
        return
    cells = [
        NUMBERS
        if column.type == "double"
        else st.sampled_from([*TEXTS, *([] if column.required else [None])])
        for column in schema.columns
    ]
    rows: Sequence[tuple[Any, ...]] = data.draw(
        st.lists(st.tuples(*cells), min_size=1, max_size=20)
    )
    assert_same(whole, encoded, schema, rows)
