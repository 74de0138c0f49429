"""ONNX Runtime as an engine: one thread, inputs fed from columns, outputs read by their type."""

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
from baton_registry.versions.schema import Label, Schema

_INPUT_DTYPES: dict[str, DType] = {each.onnx: each.dtype for each in COLUMN_TYPES.values()}
_FATAL_ONLY = 4
_TABLE = 2


class OnnxEngine:
    """A classifier in ONNX.

    It takes either one input a column (`[n, 1]`), named as in the schema, or one input for all
    columns (`[n, columns]`), as MLflow's own ONNX flavour does.

    Attributes:
        are_places: the model names no classes, and its labels seem to be the places of 0, 1, ….
    """

    name = "onnx"

    def __init__(
        self, model: bytes, schema: Schema, weights: Mapping[str, bytes] | None = None
    ) -> None:
        """Builds the session.

        Args:
            model: the ONNX file's content.
            schema: its columns name the inputs; its classes, where recorded, the labels.
            weights: the content of the files that the model names (`find_weight_files`).

        Raises:
            EngineError: not ONNX, not a classifier, or its inputs are not the schema's columns.
        """
        self._session = _session(model, weights or {})
        # What `run` calls after looking at every input's name once more, which takes a fifth of the
        # time of a lone row; the names were held against the schema here.
        self._run = self._session._sess.run  # noqa: SLF001
        self._options: Any = None  # how to run; only a model that may not end needs any
        self._inputs = {each.name: _dtype(each) for each in self._session.get_inputs()}
        self._columns = tuple(column.name for column in schema.columns)
        self._one_matrix = len(self._inputs) == 1 and len(self._columns) > 1
        if not self._one_matrix and set(self._inputs) != set(self._columns):
            odd = sorted(set(self._inputs) ^ set(self._columns))[:3]
            raise EngineError(f"the inputs of the ONNX model are not the schema's columns: {odd}")
        dtypes = self._inputs
        if self._one_matrix:
            (dtype,) = self._inputs.values()
            dtypes = dict.fromkeys(self._columns, dtype)
        self._transposer = Transposer(schema.columns, dtypes)
        self._lone_row = LoneRow(schema.columns, dtypes)
        self._lone_row_lock = Lock()  # whoever does not get it does without
        outputs = find_outputs(self._session.get_outputs())
        self._outputs = [outputs.label, outputs.probabilities]
        self.classes: tuple[Label, ...] = schema.classes or ()
        self.are_places = False
        if not self.classes:
            self.classes, self.are_places = find_classes(model, outputs)
        if len({*map(str, self.classes)}) != len(self.classes):
            raise EngineError("the model names a class twice")
        self._reader = OutputReader(outputs, self.classes)
        self._reader_is_needed = self._reader.is_needed

    def score(self, columns: Mapping[str, Array]) -> Scores:
        """Scores rows given as columns of shape `[n]` or `[n, 1]`."""
        return self._scores(self._feed(columns))

    def score_rows(self, rows: Rows) -> Scores:
        """Scores rows whose values are in the order of the schema; None means missing."""
        if len(rows) == 1 and self._lone_row_lock.acquire(blocking=False):
            try:
                if self._lone_row.fill(rows[0]):
                    row = self._lone_row.columns
                    return self.score(row) if self._one_matrix else self._scores(row)
            finally:
                self._lone_row_lock.release()
        return self.score(self._transposer.transpose(rows))

    def score_parts(self, parts: Sequence[Mapping[str, Array] | Rows]) -> Scores:
        """Scores the rows of all parts in one call, one part after the other."""
        feeds = [
            self._feed(part if isinstance(part, Mapping) else self._transposer.transpose(part))
            for part in parts
        ]
        return self._scores({name: np.concatenate([f[name] for f in feeds]) for name in feeds[0]})

    @contextmanager
    def limit_time(self, limit_s: float) -> Iterator[None]:
        """What is scored within the block fails with `EngineError` once it has lasted so long.

        A model may loop for ever: https://onnx.ai/onnx/operators/onnx__Loop.html. It is stopped
        between two of its nodes, so a single node is waited for.
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

    def _scores(self, feed: Mapping[str, Array]) -> Scores:
        options = self._options
        try:
            labels, probabilities = self._run(self._outputs, feed, options)
        except Exception as error:
            if options is not None and options.terminate:
                raise EngineError("it does not end: it was stopped") from error
            raise
        if self._reader_is_needed or labels.ndim != 1:
            labels, probabilities = self._reader.read(labels, probabilities)
        if not are_in_range(probabilities):
            probabilities = clip_rounding(probabilities)
        return Scores(labels, probabilities)

    def _feed(self, columns: Mapping[str, Array]) -> dict[str, Array]:
        if self._one_matrix:
            (name, dtype), *_ = self._inputs.items()
            return {name: np.hstack([_cast(columns[c], dtype) for c in self._columns])}
        return {
            # No call where nothing is to be done: calls are most of what a lone row costs here.
            name: column
            if (column := columns[name]).dtype is dtype and column.ndim == _TABLE
            else _cast(column, dtype)
            for name, dtype in self._inputs.items()
        }


def _cast(column: Array, dtype: DType) -> Array:
    """The column as the input takes it, `[n, 1]`; a double too great for a float32 is infinite.

    Raises:
        EngineError: a value is missing, and the input takes whole numbers or booleans.
    """
    if column.ndim == 1:
        column = column.reshape(-1, 1)
    if column.dtype == dtype:
        return column
    if column.dtype.kind == "f" and dtype.kind != "f" and np.isnan(column).any():
        raise EngineError("a value is missing in a column that the ONNX model cannot take without")
    with np.errstate(over="ignore"):
        return column.astype(dtype)


def _session(model: bytes, weights: Mapping[str, bytes]) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1  # one row takes 0.1 ms: waking a second thread costs more
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL_ONLY  # what matters is raised, and told in one line
    # A model may name files that hold its weights. Nothing is below this, so it reads none: by
    # default it could read whatever is below the folder that the process was started in. What it
    # gets instead was verified; parts of it that are out of bounds, ONNX Runtime refuses.
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


def _dtype(node: Any) -> DType:
    if node.type not in _INPUT_DTYPES:
        raise EngineError(f"the ONNX input {node.name!r} is a {node.type}, which is not supported")
    return _INPUT_DTYPES[node.type]
