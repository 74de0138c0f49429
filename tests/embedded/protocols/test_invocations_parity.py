"""`/invocations` compared with `mlflow models serve` of the same version."""

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_registry.versions.model_version import ModelVersion
from baton_trainer.tables import churn
from tests.support.bodies.invocations import build_bodies
from tests.support.bodies.rows import CSV, JSON, OTHER, ROW, format_csv, make_columns, make_row
from tests.support.rig.inference import Inference
from tests.support.rig.process import LOCAL, Process, find_free_port, is_ok, wait_until
from tests.support.rig.tracking_server import TrackingServer

ROWS = 1000
BODIES = build_bodies()
REJECTED = {400, 413, 415, 422}


class MlflowServe(Process):
    """`mlflow models serve` of one version."""

    def __init__(self, tracking_uri: str, uri: str, log: Path) -> None:
        self.url = f"http://{LOCAL}:{find_free_port()}"
        command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", uri]
        command += ["--env-manager", "local", "--port", self.url.rpartition(":")[2]]
        # It finds uvicorn on PATH.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        super().__init__(command, {"MLFLOW_TRACKING_URI": tracking_uri, "PATH": path}, log)

    def start(self) -> None:
        super().start()
        wait_until(lambda: is_ok(f"{self.url}/ping"), 120, f"mlflow models serve: {self.log_tail}")


@pytest.fixture(scope="module")
def mlflow_serve(
    tracking: TrackingServer,
    trained_versions: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    """MLflow's server of the first trained version."""
    uri = f"models:/{trained_versions[0].name}/{trained_versions[0].version}"
    serve = MlflowServe(tracking.uri, uri, tmp_path_factory.mktemp("mlflow") / "serve.log")
    serve.start()
    # It closes a connection after an error, sometimes during the next request.
    closing = {"Connection": "close"}
    with httpx.Client(base_url=serve.url, timeout=30, headers=closing) as http:
        yield http
    serve.stop(limit_s=30)


def invoke(http: httpx.Client, body: str | bytes, media_type: str) -> httpx.Response:
    """Posts a body to `/invocations`."""
    return http.post("/invocations", content=body, headers={"Content-Type": media_type})


@pytest.mark.parametrize("name", BODIES)
def test_answer_is_mlflows(
    mlflow_serve: httpx.Client, shared_inference: Inference, name: str
) -> None:
    """Baton rejects what MLflow rejects and otherwise returns MLflow's predictions."""
    body, media_type = BODIES[name]
    expected_answer = invoke(mlflow_serve, body, media_type)
    answer = invoke(shared_inference.http, body, media_type)
    if expected_answer.status_code == httpx.codes.OK:
        assert answer.status_code == httpx.codes.OK, answer.text
        assert answer.json() == expected_answer.json()
        assert answer.headers["X-Model-Version"] == "1"
    else:
        assert answer.status_code in REJECTED, (expected_answer.text, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("form", ["dataframe_records", "instances", "inputs"])
def test_fraction_is_rejected(
    mlflow_serve: httpx.Client, shared_inference: Inference, form: str
) -> None:
    """The one exception: MLflow truncates 1.5 to 1, Baton rejects the cell."""
    body = json.dumps({form: [dict(OTHER), make_row(tenure=1.5)]})
    assert invoke(mlflow_serve, body, JSON).status_code == httpx.codes.OK
    answer = invoke(shared_inference.http, body, JSON)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert [(cell["row"], cell["column"]) for cell in answer.json()["errors"]] == [(1, "tenure")]


def test_many_rows(mlflow_serve: httpx.Client, shared_inference: Inference) -> None:
    """A thousand rows get MLflow's predictions in every form, with both labels."""
    table = churn.generate(ROWS, seed=7)[[*ROW]]
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    split = {"columns": [*ROW], "data": [[*each.values()] for each in rows]}
    documents: list[dict[str, Any]] = [
        {"dataframe_records": rows},
        {"dataframe_split": split},
        {"instances": rows},
        {"inputs": make_columns(*rows)},
    ]
    expected = invoke(mlflow_serve, json.dumps(documents[0]), JSON).json()
    assert set(expected["predictions"]) == {"Yes", "No"}
    for document in documents:
        assert invoke(shared_inference.http, json.dumps(document), JSON).json() == expected
    assert invoke(shared_inference.http, format_csv(*rows), CSV).json() == expected
    for media_type, body in write_columnar(rows).items():
        assert invoke(shared_inference.http, body, media_type).json() == expected


def write_columnar(rows: list[dict[str, Any]]) -> dict[str, bytes]:
    """Writes the rows as Arrow and Parquet, by content type."""
    table = pa.Table.from_pylist(rows)
    stream, file = io.BytesIO(), io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as sink:
        sink.write_table(table)
    pq.write_table(table, file)
    return {
        "application/vnd.apache.arrow.stream": stream.getvalue(),
        "application/vnd.apache.parquet": file.getvalue(),
    }


def test_other_routes(mlflow_serve: httpx.Client, shared_inference: Inference) -> None:
    """`/ping`, `/health` and `/version` return MLflow's text."""
    for path in ("/ping", "/health", "/version"):
        expected_answer, answer = mlflow_serve.get(path), shared_inference.http.get(path)
        assert (answer.status_code, answer.text) == (
            expected_answer.status_code,
            expected_answer.text,
        )
        assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("media_type", ["text/plain", "application/json; charset=latin-1"])
def test_other_content_types_are_rejected(
    mlflow_serve: httpx.Client, shared_inference: Inference, media_type: str
) -> None:
    """Both servers reject another content type and another charset."""
    body = json.dumps({"dataframe_records": [dict(ROW)]})
    for http in (mlflow_serve, shared_inference.http):
        answer = invoke(http, body, media_type)
        assert answer.status_code == httpx.codes.UNSUPPORTED_MEDIA_TYPE
