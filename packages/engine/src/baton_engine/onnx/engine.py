"""ONNX Runtime as an engine: one thread, inputs fed from columns, outputs read by their type."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.classes import classes_of_graph
from baton_engine.onnx.lone_row import LoneRow
from baton_engine.tables.columns import Array, DType
from baton_engine.tables.transpose import Rows, Transposer
from baton_registry.versions.signature import Label, Signature

_INPUT_DTYPES: dict[str, DType] = {
    "tensor(bool)": np.dtype(np.bool_),
    "tensor(int32)": np.dtype(np.int32),
    "tensor(int64)": np.dtype(np.int64),
    "tensor(float)": np.dtype(np.float32),
    "tensor(double)": np.dtype(np.float64),
    "tensor(string)": np.dtype(np.object_),
}
_FATAL_ONLY = 4
_TABLE = 2


class OnnxEngine:
    """A classifier in ONNX.

    It takes either one input a column (`[n, 1]`), named as in the signature, or one input for all
    columns (`[n, columns]`), as MLflow's own ONNX flavour does.
    """

    name = "onnx"

    def __init__(self, model: bytes, signature: Signature) -> None:
        """Builds the session.

        Args:
            model: the ONNX file's content.
            signature: its columns name the inputs; its classes, where recorded, the labels.

        Raises:
            EngineError: not ONNX, not a classifier, or its inputs are not the signature's columns.
        """
        self._session = _session(model)
        # What `run` calls after looking at every input's name once more, which takes a fifth of the
        # time of a lone row; the names were held against the signature here.
        self._run = self._session._sess.run  # noqa: SLF001
        self._options: Any = None  # how to run; only a model that may not end needs any
        self._inputs = {each.name: _dtype(each) for each in self._session.get_inputs()}
        self._columns = tuple(column.name for column in signature.columns)
        self._one_matrix = len(self._inputs) == 1 and len(self._columns) > 1
        if not self._one_matrix and set(self._inputs) != set(self._columns):
            odd = sorted(set(self._inputs) ^ set(self._columns))[:3]
            raise EngineError(
                f"the inputs of the ONNX model are not the signature's columns: {odd}"
            )
        dtypes = self._inputs
        if self._one_matrix:
            (dtype,) = self._inputs.values()
            dtypes = dict.fromkeys(self._columns, dtype)
        self._transposer = Transposer(signature.columns, dtypes)
        self._lone_row = LoneRow(signature.columns, dtypes)
        self._lone_row_lock = Lock()  # whoever does not get it does without
        self._outputs, self._is_zipmap = _classifier_outputs(self._session)
        self.classes: tuple[Label, ...] = signature.classes or classes_of_graph(model)
        self._is_boolean = all(isinstance(label, bool) for label in self.classes)

    def score(self, columns: Mapping[str, Array]) -> Scores:
        """Scores rows given as columns of shape `[n]` or `[n, 1]`."""
        return self._scores(self._feed(columns))

    def score_rows(self, rows: Rows) -> Scores:
        """Scores rows whose values are in the order of the signature; None means missing."""
        if len(rows) == 1 and self._lone_row_lock.acquire(blocking=False):
            try:
                if self._lone_row.fill(rows[0]):
                    row = self._lone_row.columns
                    return self.score(row) if self._one_matrix else self._scores(row)
            finally:
                self._lone_row_lock.release()
        return self.score(self._transposer.columns(rows))

    def score_parts(self, parts: Sequence[Mapping[str, Array] | Rows]) -> Scores:
        """Scores the rows of all parts in one call, one part after the other."""
        feeds = [
            self._feed(part if isinstance(part, Mapping) else self._transposer.columns(part))
            for part in parts
        ]
        return self._scores({name: np.concatenate([f[name] for f in feeds]) for name in feeds[0]})

    @contextmanager
    def limited(self, limit_s: float) -> Iterator[None]:
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
        if self._is_zipmap:
            probabilities = self._table(probabilities)
        if self._is_boolean:
            labels = labels.astype(np.bool_)
        if len(probabilities) != 1 or not _are_within(probabilities[0].tolist()):
            probabilities = probabilities.clip(0.0, 1.0)
        return Scores(labels, probabilities)

    def _table(self, maps: Sequence[Mapping[Label, float]]) -> NDArray[np.float32]:
        """What ZipMap made of the probabilities, one map a row, as a table again."""
        try:
            rows = [[row[label] for label in self.classes] for row in maps]
        except KeyError as error:
            raise EngineError(f"the ONNX model gives no probability of {error}") from error
        return np.array(rows, dtype=np.float32)

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


def _are_within(probabilities: Sequence[float]) -> bool:
    """Whether all are in [0, 1], which the sum of many float32 terms may leave by some 1e-7.

    For a lone row: `clip` is partly Python, and costs it as much as filling its arrays.
    """
    return min(probabilities) >= 0.0 and max(probabilities) <= 1.0


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


def _session(model: bytes) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1  # one row takes 0.1 ms: waking a second thread costs more
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL_ONLY  # what matters is raised, and told in one line
    # A model may name files that hold its weights. Nothing is below this, so it reads none: by
    # default it could read whatever is below the folder that the process was started in.
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", os.devnull
    )
    try:
        return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no common base but Exception
        raise EngineError(f"ONNX Runtime cannot load the model: {_first_line(error)}") from error


def _dtype(node: Any) -> DType:
    if node.type not in _INPUT_DTYPES:
        raise EngineError(f"the ONNX input {node.name!r} is a {node.type}, which is not supported")
    return _INPUT_DTYPES[node.type]


def _classifier_outputs(session: Any) -> tuple[list[str], bool]:
    """The names of the label and the probabilities output, and whether the latter is a ZipMap."""
    label = probabilities = None
    is_zipmap = False
    for output in session.get_outputs():
        if output.type in ("tensor(string)", "tensor(int64)"):
            label = label or output.name
        elif output.type.startswith("seq(map("):
            probabilities, is_zipmap = output.name, True
        elif output.type == "tensor(float)" and probabilities is None:
            probabilities = output.name
    if label is None or probabilities is None:
        raise EngineError(
            "the ONNX model is no classifier: it needs a label and a probabilities output"
        )
    return [label, probabilities], is_zipmap


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
