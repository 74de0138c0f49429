"""The ONNX Runtime engine."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Any

import numpy as np
import onnxruntime as ort

from baton_common.texts import get_first_line, truncate
from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.classes import find_classes
from baton_engine.onnx.lone_row import LoneRow
from baton_engine.onnx.outputs import OutputReader, find_outputs
from baton_engine.onnx.probabilities import are_in_range, clip_rounding
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array, DType
from baton_engine.tables.transpose import Rows, Transposer
from baton_registry.versions.output_schema import Label, OutputSchema
from baton_registry.versions.schema import Schema

_INPUT_DTYPES: dict[str, DType] = {each.onnx: each.dtype for each in COLUMN_TYPES.values()}
_FATAL_ONLY = 4
_TABLE = 2


class OnnxEngine:
    """An ONNX classifier.

    It has either one input per column (`[n, 1]`) with the names of the schema, or one input for all
    columns (`[n, columns]`), as MLflow's ONNX flavour has.

    Attributes:
        are_indices: the model names no classes, and its labels seem to be indices.
    """

    name = "onnx"

    def __init__(
        self, model: bytes, schema: Schema, weights: Mapping[str, bytes] | None = None
    ) -> None:
        """Builds the session.

        Args:
            model: the ONNX file's content.
            schema: the columns, and the classes if they are recorded.
            weights: the content of the model's weight files (`find_weight_files`).

        Raises:
            EngineError: the model is not an ONNX classifier with the schema's columns as inputs.
        """
        self._session = _create_session(model, weights or {})
        # `run` would check the names of the inputs again, which takes a fifth of a single row's
        # time. They are checked here.
        self._run = self._session._sess.run  # noqa: SLF001
        self._options: Any = None  # only set within `limit_time`
        self._inputs = {each.name: _get_dtype(each) for each in self._session.get_inputs()}
        self._columns = tuple(column.name for column in schema.columns)
        self._one_matrix = len(self._inputs) == 1 and len(self._columns) > 1
        if not self._one_matrix and set(self._inputs) != set(self._columns):
            names = sorted(set(self._inputs) ^ set(self._columns))[:3]
            raise EngineError(f"the inputs of the ONNX model are not the schema's columns: {names}")
        dtypes = self._inputs
        if self._one_matrix:
            (dtype,) = self._inputs.values()
            dtypes = dict.fromkeys(self._columns, dtype)
        self._transposer = Transposer(schema.columns, dtypes)
        self._lone_row = LoneRow(schema.columns, dtypes)
        self._lone_row_lock = Lock()  # a thread that does not get it uses the transposer
        outputs = find_outputs(self._session.get_outputs())
        self._outputs = [outputs.label, outputs.probabilities]
        classes: tuple[Label, ...] = schema.classes or ()
        self.are_indices = False
        if not classes:
            classes, self.are_indices = find_classes(model, outputs)
        if len({*map(str, classes)}) != len(classes):
            raise EngineError("the model names a class twice")
        self.output_schema = OutputSchema.from_classes(classes)
        self._reader = OutputReader(outputs, classes)
        self._reader_is_needed = self._reader.is_needed

    def score(self, columns: Mapping[str, Array]) -> Scores:
        """Scores rows given as columns of shape `[n]` or `[n, 1]`."""
        return self._score_feed(self._build_feed(columns))

    def score_rows(self, rows: Rows) -> Scores:
        """Scores rows whose values are in the order of the schema; None means missing."""
        if len(rows) == 1 and self._lone_row_lock.acquire(blocking=False):
            try:
                if self._lone_row.fill(rows[0]):
                    row = self._lone_row.columns
                    return self.score(row) if self._one_matrix else self._score_feed(row)
            finally:
                self._lone_row_lock.release()
        return self.score(self._transposer.transpose(rows))

    def score_parts(self, parts: Sequence[Mapping[str, Array] | Rows]) -> Scores:
        """Scores the rows of all parts in one call, in order."""
        feeds = [
            self._build_feed(
                part if isinstance(part, Mapping) else self._transposer.transpose(part)
            )
            for part in parts
        ]
        return self._score_feed(
            {name: np.concatenate([f[name] for f in feeds]) for name in feeds[0]}
        )

    @contextmanager
    def limit_time(self, limit_s: float) -> Iterator[None]:
        """Makes scoring within the block fail with `EngineError` after `limit_s`.

        A model may loop for ever: https://onnx.ai/onnx/operators/onnx__Loop.html. ONNX Runtime
        stops it between two nodes, so the current node still completes.
        """
        self._options = options = ort.RunOptions()
        timer = Timer(limit_s, setattr, (options, "terminate", True))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._options = None

    def _score_feed(self, feed: Mapping[str, Array]) -> Scores:
        options = self._options
        try:
            labels, probabilities = self._run(self._outputs, feed, options)
        except Exception as error:
            if options is not None and options.terminate:
                raise EngineError(
                    "the model does not end: it was stopped at the time limit"
                ) from error
            raise
        if self._reader_is_needed or labels.ndim != 1:
            labels, probabilities = self._reader.read(labels, probabilities)
        if not are_in_range(probabilities):
            probabilities = clip_rounding(probabilities)
        return {"label": labels, "probabilities": probabilities}

    def _build_feed(self, columns: Mapping[str, Array]) -> dict[str, Array]:
        if self._one_matrix:
            (name, dtype), *_ = self._inputs.items()
            return {name: np.hstack([_cast(columns[c], dtype) for c in self._columns])}
        return {
            # No call unless it is needed: calls are most of the cost of a single row.
            name: column
            if (column := columns[name]).dtype is dtype and column.ndim == _TABLE
            else _cast(column, dtype)
            for name, dtype in self._inputs.items()
        }


def _cast(column: Array, dtype: DType) -> Array:
    """Casts a column to `[n, 1]` and the type of its input. Too large doubles become infinite.

    Raises:
        EngineError: a value is missing, and the input takes integers or booleans.
    """
    if column.ndim == 1:
        column = column.reshape(-1, 1)
    if column.dtype == dtype:
        return column
    if column.dtype.kind == "f" and dtype.kind != "f" and np.isnan(column).any():
        raise EngineError(
            "a value is missing in a column of integers or booleans of the ONNX model"
        )
    with np.errstate(over="ignore"):
        return column.astype(dtype)


def _create_session(model: bytes, weights: Mapping[str, bytes]) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1  # a row takes 0.1 ms; waking a second thread costs more
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL_ONLY  # errors are raised instead
    # A model may name weight files. By default it could read any file below the working directory.
    # It reads no files, because /dev/null contains none: it gets the verified contents instead, and
    # ONNX Runtime rejects ranges out of bounds.
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", os.devnull
    )
    try:
        if weights:
            options.add_external_initializers_from_files_in_memory(
                [*weights], [*weights.values()], [*map(len, weights.values())]
            )
        return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no common base but Exception
        raise EngineError(
            f"ONNX Runtime cannot load the model: {truncate(get_first_line(error), 300)}"
        ) from error


def _get_dtype(node: Any) -> DType:
    if node.type not in _INPUT_DTYPES:
        raise EngineError(f"the ONNX input {node.name!r} is a {node.type}, which is not supported")
    return _INPUT_DTYPES[node.type]
