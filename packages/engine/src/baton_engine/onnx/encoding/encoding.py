"""Replaces an engine's graph by one whose encoding Baton does itself."""

import logging
import time
from typing import Any

from baton_common.texts import get_first_line
from baton_engine.engine import EngineError, Rest
from baton_engine.onnx.encoding.comparison import compare_matrices, compare_scores
from baton_engine.onnx.encoding.comparison_rows import build_rows
from baton_engine.onnx.encoding.cutting import Cut, check_form, cut_encoding, keep_encoding
from baton_engine.onnx.encoding.encoded_feeder import EncodedFeeder
from baton_engine.onnx.encoding.layout import Flag
from baton_engine.onnx.encoding.tracing import MAX_CELLS, trace_layouts
from baton_engine.onnx.engine import OnnxEngine, create_session
from baton_engine.onnx.proto import parse_model
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Schema

MAX_BYTES = 2**20
"""The largest model. Loading both graphs takes 24 times the file (measured with a forest)."""
LIMIT_S = 2.0
"""The limit for the comparison. The encoding of a model that is slower does not matter."""

_log = logging.getLogger(__name__)


def encode_outside(
    engine: OnnxEngine,
    model: bytes,
    schema: Schema,
    examples: Rows,
    rest: Rest = lambda: None,
) -> OnnxEngine:
    """Returns an engine that answers the same, bit for bit, and encodes outside of ONNX.

    If the graph is unusual, or any answer differs, it returns the given engine.

    Args:
        engine: an engine without weight files.
        model: its ONNX file's content.
        schema: its columns.
        examples: rows to compare both with, beside generated ones.
        rest: called between its steps.
    """
    try:
        return build_encoded(engine, model, schema, examples, rest)
    except Exception as error:  # noqa: BLE001 - the graph may be anything
        _log.debug("The model is encoded within ONNX: %s", get_first_line(error))
        return engine


def build_encoded(
    engine: OnnxEngine,
    model: bytes,
    schema: Schema,
    examples: Rows,
    rest: Rest = lambda: None,
) -> OnnxEngine:
    """Builds the engine that encodes outside of ONNX. Takes the same as `encode_outside`.

    Raises:
        EngineError: the graph is unusual, there is nothing to gain, or an answer differs. Graphs
            that ONNX rejects may raise other errors.
    """
    if len(model) > MAX_BYTES:
        raise EngineError("the model is large")
    remainder, encoding = parse_model(model), parse_model(model)
    cut = _cut(remainder, engine, schema)
    keep_encoding(encoding, cut)
    feeder = EncodedFeeder(cut, schema, engine.inputs.dtypes)
    encoded = engine.replace_graph(remainder.SerializeToString(), feeder)
    rows = build_rows(schema, _collect_categories(cut))
    session = create_session(encoding.SerializeToString(), {})
    rest()
    started_s = time.monotonic()
    with engine.limit_time(LIMIT_S) as limited, encoded.limit_time(LIMIT_S) as limited_encoded:
        compare_matrices(session, engine.feeder, feeder, rows)
        for each in (rows, examples):
            rest()
            compare_scores(limited, limited_encoded, schema, each)
    if time.monotonic() - started_s > LIMIT_S:  # then both may have failed
        raise EngineError("the comparison takes too long")
    return encoded


def _cut(model: Any, engine: OnnxEngine, schema: Schema) -> Cut:
    """Cuts the encoding out of a parsed model.

    Raises:
        EngineError: the model is unusual, or there is nothing to gain.
    """
    check_form(model)
    inputs = engine.inputs
    if inputs.is_matrix:
        raise EngineError("the model takes a matrix")
    types = {column.name: column.type for column in schema.columns}
    texts = {name for name, kind in types.items() if kind == "string"}
    numbers = {
        name: dtype
        for name, dtype in inputs.dtypes.items()
        if dtype.kind == "f" and types[name] != "datetime"
    }
    cut = cut_encoding(model, trace_layouts(model.graph, texts, numbers))
    if sum(len(each.cells) for each in cut.matrices.values()) > MAX_CELLS:
        raise EngineError("the encoded matrices are wide")
    if len(cut.matrices) + len(cut.kept) >= len(types):
        raise EngineError("the model takes as many inputs afterwards")
    return cut


def _collect_categories(cut: Cut) -> dict[str, tuple[str, ...]]:
    cells = (cell for layout in cut.matrices.values() for cell in layout.cells)
    encoders = dict.fromkeys(cell.encoder for cell in cells if isinstance(cell, Flag))
    categories: dict[str, tuple[str, ...]] = {}
    for each in encoders:
        categories[each.column] = (*categories.get(each.column, ()), *each.categories)
    return categories
