"""The service as a separate process that serves a tiny ONNX model from its cache."""

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import onnx
from onnx import TensorProto, helper

from baton_inference.lifecycle.loading.cache import VersionCache
from baton_registry.versions.model_version import CHECKSUM_TAG_PREFIX, ModelVersion
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.memory_registry import build_mlmodel

SCHEMA = Schema((Column("x", "double"),), classes=("no", "yes"))
BODY = b'{"instances":[{"x":1.5}]}'
HEADERS = {"content-type": "application/json"}
START_TIMEOUT_S = 60
COMMAND = (sys.executable, "-m", "baton_inference")
ROOT = Path(__file__).parents[3]


def build_tiny_onnx() -> bytes:
    """Builds a classifier of one column: the sign of `x` decides."""
    node = helper.make_node(
        "LinearClassifier",
        ["x"],
        ["label", "probabilities"],
        domain="ai.onnx.ml",
        coefficients=[-1.0, 1.0],
        intercepts=[0.0, 0.0],
        classlabels_strings=["no", "yes"],
        post_transform="SOFTMAX",
    )
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])]
    outputs = [
        helper.make_tensor_value_info("label", TensorProto.STRING, [None]),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2]),
    ]
    graph = helper.make_graph([node], "tiny", inputs, outputs)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def fill_cache(directory: Path) -> None:
    """Puts version 1 into the cache, as after an earlier run."""
    cache = VersionCache(directory)
    files = {"MLmodel": build_mlmodel(SCHEMA).encode(), "model.onnx": build_tiny_onnx()}
    tags = {CHECKSUM_TAG_PREFIX + k: hashlib.sha256(v).hexdigest() for k, v in files.items()}
    version = ModelVersion("churn_model", "1", "run-1", "m-1", "READY", MappingProxyType(tags))
    with cache.stage() as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        cache.keep(version, folder)
    cache.record_serving(version, "production")


@contextmanager
def hanging_server() -> Iterator[str]:
    """Runs a server that accepts connections and never answers; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@dataclass
class Service:
    """A running service."""

    process: subprocess.Popen[str]
    port: int
    log_file: Path

    def connect(self) -> http.client.HTTPConnection:
        """Creates a keep-alive connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def predict(self, **headers: str) -> http.client.HTTPResponse:
        """Sends one request on a new connection."""
        connection = self.connect()
        connection.request("POST", "/predict", BODY, {**HEADERS, **headers})
        return connection.getresponse()

    def get(self, path: str) -> http.client.HTTPResponse:
        """Sends a GET on a new connection."""
        connection = self.connect()
        connection.request("GET", path)
        return connection.getresponse()

    def read_status(self) -> dict[str, Any]:
        """Reads `/status`."""
        status: dict[str, Any] = json.load(self.get("/status"))
        return status

    def wait_until_ready(self) -> None:
        """Waits for `/readyz`."""
        self.wait_until(lambda: self.get("/readyz").status == 200)

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Waits until a condition holds."""
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline_s:
            if condition():
                return
            time.sleep(0.02)
        raise TimeoutError(f"it never holds; the log:\n{self.log_file.read_text()[-2000:]}")

    def wait_until_refusing(self) -> None:
        """Waits until new connections are refused."""
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline_s:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=20).close()
            except ConnectionError:
                return
        raise TimeoutError("the service still accepts connections")


def build_environment(cache: Path, **values: str) -> dict[str, str]:
    """Builds the environment of a service on a free port."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("BATON_", "MLFLOW_"))}
    return {**inherited, "BATON_CACHE_DIR": str(cache), "BATON_PORT": "0", **values}


@contextmanager
def running(
    tmp_path: Path, *, command: Sequence[str] = COMMAND, **values: str
) -> Iterator[Service]:
    """Runs a service with version 1 in its cache and a registry that never answers."""
    fill_cache(tmp_path / "cache")
    with hanging_server() as uri, start(tmp_path, uri, command=command, **values) as service:
        yield service


@contextmanager
def start(
    tmp_path: Path, uri: str, *, command: Sequence[str] = COMMAND, **values: str
) -> Iterator[Service]:
    """Runs a service with this registry, and kills it at the end of the block."""
    log_file = tmp_path / "log"
    with log_file.open("w") as log:
        environ = build_environment(tmp_path / "cache", MLFLOW_TRACKING_URI=uri, **values)
        process = subprocess.Popen(command, stderr=log, env=environ, text=True, cwd=ROOT)
        try:
            yield Service(process, _read_port(process, log_file), log_file)
        finally:
            process.kill()
            process.wait()


def _read_port(process: subprocess.Popen[str], log_file: Path) -> int:
    """Reads the port from the log."""
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline_s and process.poll() is None:
        for line in log_file.read_text().splitlines():
            entry = json.loads(line)
            if entry["event"] == "listening":
                return int(entry["port"])
        time.sleep(0.02)
    raise TimeoutError(f"did not start; its log:\n{log_file.read_text()[-2000:]}")
