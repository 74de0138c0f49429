"""`/invocations` beside a running `mlflow models serve` of the same version."""

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

from baton_registry import ModelVersion
from baton_trainer.tables import churn
from tests.support.bodies.odd import CSV, JSON, OTHER, ROW, bodies, columns, csv_text, row
from tests.support.rig.desk import Desk, register
from tests.support.rig.inference import Inference
from tests.support.rig.process import LOCAL, Process, find_free_port, is_ok, wait_until
from tests.support.rig.tracking_server import TrackingServer

ROWS = 1000
BODIES = bodies()
REFUSED = {400, 413, 415, 422}


class MlflowServe(Process):
    """`mlflow models serve` of one version."""

    def __init__(self, tracking_uri: str, uri: str, log: Path) -> None:
        self.url = f"http://{LOCAL}:{find_free_port()}"
        command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", uri]
        command += ["--env-manager", "local", "--port", self.url.rpartition(":")[2]]
        # It starts uvicorn by its name.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        super().__init__(command, {"MLFLOW_TRACKING_URI": tracking_uri, "PATH": path}, log)

    def start(self) -> None:
        super().start()
        wait_until(lambda: is_ok(f"{self.url}/ping"), 120, f"mlflow models serve: {self.log_tail}")


@pytest.fixture(scope="session")
def mlflow_serve(
    tracking: TrackingServer,
    trained_versions: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    """MLflow's own server of the first trained version."""
    uri = f"models:/{trained_versions[0].name}/{trained_versions[0].version}"
    serve = MlflowServe(tracking.uri, uri, tmp_path_factory.mktemp("mlflow") / "serve.log")
    serve.start()
    # It closes a connection after an error of its own, sometimes under the next request.
    closing = {"Connection": "close"}
    with httpx.Client(base_url=serve.url, timeout=30, headers=closing) as http:
        yield http
    serve.stop(limit_s=30)


@pytest.fixture(scope="session")
def inference(
    tracking: TrackingServer,
    trained_versions: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Inference]:
    """Our service of the same version."""
    desk = Desk(tracking.uri, "parity", tmp_path_factory.mktemp("parity"))
    desk.baton("promote", register(desk, trained_versions[0]))
    with desk.serve() as process:
        process.wait_until_ready()
        yield process


def invoke(http: httpx.Client, body: str | bytes, media_type: str) -> httpx.Response:
    """What a server answers."""
    return http.post("/invocations", content=body, headers={"Content-Type": media_type})


@pytest.mark.parametrize("name", BODIES)
def test_same_answer(mlflow_serve: httpx.Client, inference: Inference, name: str) -> None:
    """What MLflow refuses is refused, with a problem; all else gets MLflow's own predictions."""
    body, media_type = BODIES[name]
    theirs = invoke(mlflow_serve, body, media_type)
    ours = invoke(inference.http, body, media_type)
    if theirs.status_code == httpx.codes.OK:
        assert ours.status_code == httpx.codes.OK, ours.text
        assert ours.json() == theirs.json()
        assert ours.headers["X-Model-Version"] == "1"
    else:
        assert ours.status_code in REFUSED, (theirs.text, ours.text)
        assert ours.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("form", ["dataframe_records", "instances", "inputs"])
def test_a_fraction_is_not_cut(mlflow_serve: httpx.Client, inference: Inference, form: str) -> None:
    """The one exception: where MLflow cuts 1.5 to 1, we name the cell."""
    body = json.dumps({form: [dict(OTHER), row(tenure=1.5)]})
    assert invoke(mlflow_serve, body, JSON).status_code == httpx.codes.OK
    ours = invoke(inference.http, body, JSON)
    assert ours.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert [(cell["row"], cell["column"]) for cell in ours.json()["errors"]] == [(1, "tenure")]


def test_many_rows(mlflow_serve: httpx.Client, inference: Inference) -> None:
    """A thousand rows get MLflow's predictions in every form, labels of both kinds among them."""
    table = churn.generate(ROWS, seed=7)[[*ROW]]
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    split = {"columns": [*ROW], "data": [[*each.values()] for each in rows]}
    documents: list[dict[str, Any]] = [
        {"dataframe_records": rows},
        {"dataframe_split": split},
        {"instances": rows},
        {"inputs": columns(*rows)},
    ]
    expected = invoke(mlflow_serve, json.dumps(documents[0]), JSON).json()
    assert set(expected["predictions"]) == {"Yes", "No"}
    for document in documents:
        assert invoke(inference.http, json.dumps(document), JSON).json() == expected
    assert invoke(inference.http, csv_text(*rows), CSV).json() == expected
    for media_type, body in columnar(rows).items():
        assert invoke(inference.http, body, media_type).json() == expected


def columnar(rows: list[dict[str, Any]]) -> dict[str, bytes]:
    """The rows as Arrow and as Parquet, by content type."""
    table = pa.Table.from_pylist(rows)
    stream, file = io.BytesIO(), io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as sink:
        sink.write_table(table)
    pq.write_table(table, file)
    return {
        "application/vnd.apache.arrow.stream": stream.getvalue(),
        "application/vnd.apache.parquet": file.getvalue(),
    }


def test_the_other_routes(mlflow_serve: httpx.Client, inference: Inference) -> None:
    """`/ping`, `/health` and `/version` answer what MLflow's server answers, as text."""
    for path in ("/ping", "/health", "/version"):
        theirs, ours = mlflow_serve.get(path), inference.http.get(path)
        assert (ours.status_code, ours.text) == (theirs.status_code, theirs.text)
        assert ours.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("media_type", ["text/plain", "application/json; charset=latin-1"])
def test_other_content_types_are_refused(
    mlflow_serve: httpx.Client, inference: Inference, media_type: str
) -> None:
    """Another content type, or another charset, is refused by both."""
    body = json.dumps({"dataframe_records": [dict(ROW)]})
    for http in (mlflow_serve, inference.http):
        answer = invoke(http, body, media_type)
        assert answer.status_code == httpx.codes.UNSUPPORTED_MEDIA_TYPE
