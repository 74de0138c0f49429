"""KServe's Python server with the version's ONNX file: `kserve_server.py FILE NAME PORT`.

A custom model, as its documentation describes, with one worker because Baton has one process. Logs
of single requests and gRPC are off. It runs in its own environment.
"""

import logging
import sys
from typing import Any

import numpy as np
import onnxruntime
from kserve import Model, ModelServer

_DTYPES = {
    "tensor(string)": np.object_,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(bool)": np.bool_,
}


class OnnxModel(Model):  # type: ignore[misc]
    """Answers `{"instances": [row, …]}` with `{"predictions": [label, …]}`."""

    def __init__(self, name: str, file: str) -> None:
        """Loads the file."""
        super().__init__(name)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # as Baton: a row takes less time than waking a thread
        self._session = onnxruntime.InferenceSession(file, options)
        self._inputs = [(each.name, _DTYPES[each.type]) for each in self._session.get_inputs()]
        self.ready = True

    def predict(self, payload: dict[str, Any], headers: dict[str, str] | None = None) -> Any:  # noqa: ARG002 - KServe's shape
        """Returns the labels of the rows of one request."""
        rows = payload["instances"]
        feed: dict[str, Any] = {
            name: np.array([[row[name]] for row in rows], dtype) for name, dtype in self._inputs
        }
        labels, _ = self._session.run(None, feed)
        return {"predictions": labels.tolist()}


if __name__ == "__main__":
    file, name, port = sys.argv[1:]
    server = ModelServer(
        http_port=int(port), workers=1, enable_grpc=False, enable_latency_logging=False
    )
    for logger in ("kserve", "kserve.trace", "uvicorn.access"):
        logging.getLogger(logger).setLevel(logging.WARNING)
    server.start([OnnxModel(name, file)])
