"""Builds the engine of a fetched version and checks its answers to synthetic rows."""

import numpy as np

from baton_engine.engine import EngineError, Rest, Scores
from baton_engine.onnx.encoding.encoding import encode_outside
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.onnx.example import build_rows, read_example
from baton_engine.onnx.independence import check_independence
from baton_engine.onnx.outputs.checks import check_scores
from baton_engine.onnx.outputs.classes import CLASSES_HINT
from baton_engine.onnx.outputs.classifier import ClassifierReader
from baton_engine.onnx.synthetic import build_synthetic_rows
from baton_engine.tables.transpose import Rows
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.output_schema import LABEL, PROBABILITIES

LIMIT_S = 30.0
"""The limit for the synthetic rows: a model may loop for ever."""


def open_engine(fetched: FetchedModel, rest: Rest = lambda: None) -> OnnxEngine:
    """Builds the engine of a version and checks that its answers are those of its task.

    The engine encodes columns outside of ONNX if that answers the same (`encode_outside`).

    Args:
        fetched: the version's files.
        rest: called between the steps.

    Raises:
        EngineError: the model cannot be loaded, does not end, or its answers are those of no task.
    """
    schema = fetched.mlmodel.schema
    engine = OnnxEngine(fetched.onnx, schema, fetched.weights)
    with engine.limit_time(LIMIT_S) as limited:
        _check_answers(limited, build_synthetic_rows(schema))
    if fetched.weights:
        return engine
    rest()
    return encode_outside(engine, fetched.onnx, schema, _read_example_rows(fetched), rest)


def _read_example_rows(fetched: FetchedModel) -> Rows:
    schema = fetched.mlmodel.schema
    try:
        return build_rows(read_example(fetched.input_example, schema), schema) or ()
    except EngineError:  # the warm-up reports it
        return ()


def _check_answers(engine: OnnxEngine, rows: Rows) -> None:
    try:
        scores = engine.score_rows(rows)
    except EngineError:
        raise
    except Exception:  # noqa: BLE001 - e.g. an unknown category; real rows may succeed
        return
    check_scores(scores, len(rows), engine.output_schema, synthetic=True)
    check_independence(engine, rows, scores)
    reader = engine.reader
    if isinstance(reader, ClassifierReader) and reader.are_indices and not _are_indices(scores):
        raise EngineError(
            f"the ONNX model does not name its classes, and its labels are not the indices of its"
            f" greatest probabilities; {CLASSES_HINT}"
        )


def _are_indices(scores: Scores) -> bool:
    """Whether each label is the index of its row's greatest probability. Ties are ignored."""
    labels, probabilities = scores[LABEL], scores[PROBABILITIES]
    best = probabilities.max(axis=1, keepdims=True)
    is_decided = (probabilities == best).sum(axis=1) == 1
    indices = probabilities.argmax(axis=1)
    return bool(np.all(indices[is_decided] == labels[is_decided]))
