"""The ONNX Runtime engine."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from threading import Lock, Timer
from typing import Any

import numpy as np
import onnxruntime as ort

from baton_common.texts import get_first_line, truncate
from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.feeder import ColumnFeeder, Feeder
from baton_engine.onnx.outputs.graph_outputs import list_outputs
from baton_engine.onnx.outputs.reader import find_reader
from baton_engine.onnx.synthetic import build_synthetic_rows
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Schema

PROBE_LIMIT_S = 30.0
"""The limit for the rows that show a model's outputs: a model may loop for ever."""
_FATAL_ONLY = 4


class OnnxEngine:
    """A model in ONNX.

    It has either one input per column (`[n, 1]`) with the names of the schema, or one input for all
    columns (`[n, columns]`), as MLflow's ONNX flavour has.

    Attributes:
        inputs: what the model takes.
        feeder: builds the inputs of the session.
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
        self._open_session(model, weights or {})
        self._options: Any = None  # only set in the copies of `make_stoppable`
        feeder = ColumnFeeder(self._session.get_inputs(), schema)
        self.inputs = feeder.inputs
        self._use_feeder(feeder)
        outputs = list_outputs(self._session.get_outputs())
        self.reader = find_reader(model, outputs, schema, lambda names: self._probe(names, schema))
        self._outputs = self.reader.names
        self._read = self.reader.read
        self.output_schema = self.reader.output_schema

    def replace_graph(self, model: bytes, feeder: Feeder) -> "OnnxEngine":
        """Returns an engine for another graph with the same outputs.

        Args:
            model: the graph, without weight files.
            feeder: builds its inputs.

        Raises:
            EngineError: the graph cannot be loaded.
        """
        other = copy(self)
        other._open_session(model, {})  # noqa: SLF001
        other._use_feeder(feeder)  # noqa: SLF001
        return other

    def score(self, columns: Mapping[str, Array]) -> Scores:
        """Scores rows given as columns of shape `[n]` or `[n, 1]`."""
        return self._score_feed(self.feeder.feed_columns(columns))

    def score_rows(self, rows: Rows) -> Scores:
        """Scores rows whose values are in the order of the schema; None means missing."""
        if len(rows) == 1 and self._lone_row_lock.acquire(blocking=False):
            try:
                feed = self._feed_lone_row(rows[0])
                if feed is not None:
                    return self._score_feed(feed)
            finally:
                self._lone_row_lock.release()
        return self._score_feed(self.feeder.feed_rows(rows))

    def score_parts(self, parts: Sequence[Mapping[str, Array] | Rows]) -> Scores:
        """Scores the rows of all parts in one call, in order."""
        feeds = [
            self.feeder.feed_columns(part)
            if isinstance(part, Mapping)
            else self.feeder.feed_rows(part)
            for part in parts
        ]
        return self._score_feed(
            {name: np.concatenate([f[name] for f in feeds]) for name in feeds[0]}
        )

    def make_stoppable(self) -> "OnnxEngine":
        """Returns an engine with the same session, whose calls `stop` stops.

        A model may loop for ever: https://onnx.ai/onnx/operators/onnx__Loop.html. ONNX Runtime
        stops it between two nodes, so the current node still completes.
        """
        other = copy(self)
        other._options = ort.RunOptions()  # noqa: SLF001
        return other

    def stop(self) -> None:
        """Stops the calls of an engine that `make_stoppable` returned."""
        if self._options is not None:
            self._options.terminate = True

    @contextmanager
    def limit_time(self, limit_s: float) -> Iterator["OnnxEngine"]:
        """Gives a stoppable engine, and stops it after `limit_s`."""
        limited = self.make_stoppable()
        timer = Timer(limit_s, limited.stop)
        timer.daemon = True
        timer.start()
        try:
            yield limited
        finally:
            timer.cancel()

    def _open_session(self, model: bytes, weights: Mapping[str, bytes]) -> None:
        self._session = create_session(model, weights)
        # `run` would check the names of the inputs again, which takes a fifth of a single row's
        # time. The feeder checks them.
        self._run = self._session._sess.run  # noqa: SLF001

    def _use_feeder(self, feeder: Feeder) -> None:
        self.feeder = feeder
        self._feed_lone_row = feeder.feed_lone_row
        self._lone_row_lock = Lock()  # a thread that does not get it creates arrays

    def _score_feed(self, feed: Mapping[str, Array]) -> Scores:
        try:
            values = self._run(self._outputs, feed, self._options)
        except Exception as error:
            self._check_time(error)
            raise
        return self._read(values)

    def _check_time(self, error: Exception) -> None:
        """Raises `EngineError` if the model was stopped."""
        if self._options is not None and self._options.terminate:
            raise EngineError("the model does not end: it was stopped at the time limit") from error

    def _probe(self, outputs: Sequence[str], schema: Schema) -> Sequence[Any] | None:
        feed = self.feeder.feed_rows(build_synthetic_rows(schema))
        with self.limit_time(PROBE_LIMIT_S) as limited:
            try:
                values: Sequence[Any] = self._run(outputs, feed, limited._options)  # noqa: SLF001
            except Exception as error:  # noqa: BLE001 - e.g. an unknown category
                limited._check_time(error)  # noqa: SLF001
                return None
        return values


def create_session(model: bytes, weights: Mapping[str, bytes]) -> Any:
    """Creates a session that reads no file and uses one thread.

    Args:
        model: the ONNX file's content.
        weights: the content of its weight files.

    Raises:
        EngineError: ONNX Runtime cannot load the model.
    """
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
