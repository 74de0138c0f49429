"""Which graphs are encoded outside of ONNX; those that are not: `test_whole_graphs.py`."""

from threading import Thread
from typing import Any

import numpy as np
import pytest

from baton_engine.onnx.encoding.encoding import build_encoded
from baton_engine.onnx.encoding.texts import UnknownCategory
from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.encoding_graphs import (
    CITIES,
    DOUBLE,
    FLOAT,
    ROWS,
    GraphBuilder,
    build_usual,
)


def list_inputs(engine: OnnxEngine) -> dict[str, list[Any]]:
    """Returns the shapes of the session's inputs by name."""
    return {each.name: each.shape for each in engine._session.get_inputs()}


@pytest.mark.parametrize("kind", [FLOAT, DOUBLE])
def test_the_graph_takes_one_matrix(kind: int) -> None:
    graph, matrix = build_usual(kind)
    model, schema = graph.build(matrix, 6)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ROWS)
    assert list_inputs(encoded) == {matrix: [None, 6]}
    expected = [[1.5, 1, 0, 0, 0, 1], [7, 0, 1, 1, 0, 0], [-2, 0, 0, 0, 1, 0], [0, 0, 0, 1, 0, 0]]
    assert (-encoded.score_rows(ROWS)["value"]).tolist() == expected
    assert [(-encoded.score_rows([row])["value"])[0].tolist() for row in ROWS * 2] == expected * 2


def test_the_caller_may_rest_between_the_steps() -> None:
    """Before the comparison of the matrices, and before that of each kind of rows."""
    graph, matrix = build_usual(FLOAT)
    model, schema = graph.build(matrix, 6)
    rests: list[None] = []
    build_encoded(OnnxEngine(model, schema), model, schema, ROWS, lambda: rests.append(None))
    assert len(rests) == 3


def test_parts_that_remain() -> None:
    """An unknown operator takes its columns as before; its neighbours are encoded."""
    graph = GraphBuilder()
    number = graph.add("Abs", graph.number("x"))
    texts = [graph.table(graph.one_hot(graph.text(each), CITIES), 2) for each in ("city", "plan")]
    model, schema = graph.build(graph.join(number, *texts), 5)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ())
    assert list_inputs(encoded) == {"x": [None, 1], "baton_encoded_0": [None, 4]}
    assert (-encoded.score_rows(ROWS[2:])["value"]).tolist() == [[2, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    assert (-encoded.score_rows(ROWS[:1])["value"]).tolist() == [[1.5, 1, 0, 0, 0]]


def test_a_text_with_a_second_consumer_remains_an_input() -> None:
    graph, matrix = build_usual()
    code = graph.add(
        "LabelEncoder",
        "city",
        domain="ai.onnx.ml",
        keys_strings=["Bern"],
        values_floats=[4.0],
        default_float=9.0,
    )
    model, schema = graph.build(graph.join(code, matrix), 7)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ROWS)
    assert set(list_inputs(encoded)) == {"city", matrix}
    assert (-encoded.score_rows(ROWS)["value"][:, 0]).tolist() == [4, 9, 9, 9]


def test_an_unknown_text_fails_the_call_as_in_onnx() -> None:
    """The next row is not affected."""
    graph, matrix = build_usual(zeros=0)
    model, schema = graph.build(matrix, 6)
    whole = OnnxEngine(model, schema)
    encoded = build_encoded(whole, model, schema, ())
    for rows in ([ROWS[2]], ROWS, ROWS[2:]):
        with pytest.raises(Exception, match="Unknown Category"):
            whole.score_rows(rows)
        with pytest.raises(UnknownCategory, match="city"):
            encoded.score_rows(rows)
        assert (-encoded.score_rows(ROWS[:1])["value"]).tolist() == [[1.5, 1, 0, 0, 0, 1]]


def test_many_numbers() -> None:
    """A lone row of many numbers takes the path of several rows."""
    graph = GraphBuilder()
    numbers = graph.join(*(graph.number(f"x{at}") for at in range(100)))
    model, schema = graph.build(graph.fill(numbers, [*map(float, range(100))]), 100)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ())
    assert (-encoded.score_rows([(None,) * 100])["value"][0]).tolist() == [*range(100)]


def test_threads_do_not_share_the_lone_row() -> None:
    graph, matrix = build_usual()
    model, schema = graph.build(matrix, 6)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ())
    wrong: list[Any] = []

    def score(row: tuple[Any, ...], expected: list[float]) -> None:
        for _ in range(2_000):
            found = (-encoded.score_rows([row])["value"][0]).tolist()
            if found != expected:
                wrong.append(found)

    threads = [
        Thread(target=score, args=(ROWS[0], [1.5, 1, 0, 0, 0, 1])),
        Thread(target=score, args=(ROWS[1], [7.0, 0, 1, 1, 0, 0])),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not wrong


def test_other_texts_are_not_encoded() -> None:
    """A datetime that the model takes as text stays an input, and so do integers."""
    graph = GraphBuilder()
    code = graph.table(graph.one_hot(graph.text("day"), CITIES), 2)
    texts = [graph.table(graph.one_hot(graph.text(each), CITIES), 2) for each in ("a", "b")]
    model, schema = graph.build(graph.join(code, *texts), 6)
    columns = (Column("day", "datetime", required=False), *schema.columns[1:])
    schema = Schema(columns, task="quantiles")
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ())
    assert "day" in list_inputs(encoded)
    np.testing.assert_array_equal(
        encoded.score_rows([(None, "Oslo", "Bern")])["value"], [[0, 0, 0, -1, -1, 0]]
    )
