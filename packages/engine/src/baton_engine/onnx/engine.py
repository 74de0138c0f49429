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
from baton_engine.onnx.inputs import Inputs
from baton_engine.onnx.lone_row import LoneRow
from baton_engine.onnx.outputs.graph_outputs import list_outputs
from baton_engine.onnx.outputs.reader import find_reader
from baton_engine.onnx.synthetic import build_synthetic_rows
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows, Transposer
from baton_registry.versions.schema import Schema

PROBE_LIMIT_S = 30.0
"""The limit for the rows that show a model's outputs: a model may loop for ever."""
_FATAL_ONLY = 4


class OnnxEngine:
    """A model in ONNX.

    It has either one input per column (`[n, 1]`) with the names of the schema, or one input for all
    columns (`[n, columns]`), as MLflow's ONNX flavour has.

    Attributes:
        reader: reads the outputs of the session; its kind depends on the task.
    """

    name = "onnx"

    def __init__(
        self, model: bytes, schema: Schema, weights: Mapping[str, bytes] | None = None
    ) -> None:
        """Builds the session.

        Args:
            model: the ONNX file's content.
            schema: the columns, and what is recorded of the outputs.
            weights: the content of the model's weight files (`find_weight_files`).

        Raises:
            EngineError: the inputs of the model are not the schema's columns, or its outputs are
                those of no task.
        """
        self._session = _create_session(model, weights or {})
        # `run` would check the names of the inputs again, which takes a fifth of a single row's
        # time. They are checked here.
        self._run = self._session._sess.run  # noqa: SLF001
        self._options: Any = None  # only set within `limit_time`
        inputs = Inputs(self._session.get_inputs(), schema)
        self._build_feed = inputs.build_feed
        self._transposer = Transposer(schema.columns, inputs.dtypes)
        self._lone_row = LoneRow(schema.columns, inputs.dtypes)
        self._lone_feed = inputs.share(self._lone_row)
        self._lone_row_lock = Lock()  # a thread that does not get it uses the transposer
        outputs = list_outputs(self._session.get_outputs())
        self.reader = find_reader(model, outputs, schema, lambda names: self._probe(names, schema))
        self._outputs = self.reader.names
        self._read = self.reader.read
        self.output_schema = self.reader.output_schema

    def score(self, columns: Mapping[str, Array]) -> Scores:
        """Scores rows given as columns of shape `[n]` or `[n, 1]`."""
        return self._score_feed(self._build_feed(columns))

    def score_rows(self, rows: Rows) -> Scores:
        """Scores rows whose values are in the order of the schema; None means missing."""
        if len(rows) == 1 and self._lone_feed and self._lone_row_lock.acquire(blocking=False):
            try:
                if self._lone_row.fill(rows[0]):
                    return self._score_feed(self._lone_feed)
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
        try:
            values = self._run(self._outputs, feed, self._options)
        except Exception as error:
            self._check_time(error)
            raise
        return self._read(values)

    def _check_time(self, error: Exception) -> None:
        """Raises `EngineError` if the time limit stopped the model."""
        if self._options is not None and self._options.terminate:
            raise EngineError("the model does not end: it was stopped at the time limit") from error

    def _probe(self, outputs: Sequence[str], schema: Schema) -> Sequence[Any] | None:
        feed = self._build_feed(self._transposer.transpose(build_synthetic_rows(schema)))
        with self.limit_time(PROBE_LIMIT_S):
            try:
                values: Sequence[Any] = self._run(outputs, feed, self._options)
            except Exception as error:  # noqa: BLE001 - e.g. an unknown category
                self._check_time(error)
                return None
        return values


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
