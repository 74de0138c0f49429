"""Fixtures of the trainer's tests."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pandas as pd
import pytest
from hypothesis import settings
from mlflow.models import Model

from baton_trainer.tables.table import Table
from baton_trainer.tracking import logged_model
from baton_trainer.tracking.logged_model import Contents
from tests.support.trainer.tables import some_table, some_trained_model
from tests.support.trainer.workshop import Workshop, open_workshop

# A busy machine does not break a property.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

REAL_TABLE_VARIABLE = "BATON_TEST_TELCO_CSV"


@pytest.fixture(scope="session")
def real_table_file() -> Path:
    """The real churn table; tests that need it are skipped where there is none."""
    path = os.environ.get(REAL_TABLE_VARIABLE)
    if not path:
        pytest.skip(f"{REAL_TABLE_VARIABLE} is not set")
    return Path(path)


@pytest.fixture(scope="session")
def real_table(real_table_file: Path) -> pd.DataFrame:
    """The real churn table as pandas reads it."""
    return pd.read_csv(real_table_file)


@pytest.fixture(scope="session")
def some_data() -> Table:
    """A table with a column of every kind."""
    return some_table()


@pytest.fixture(scope="session")
def version_folder(some_data: Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a version that was trained on `some_data`."""
    model = some_trained_model(some_data)
    folder = tmp_path_factory.mktemp("version") / "model"
    columns, answers = some_data.columns, some_data.output_schema
    contents = Contents(model.pipeline, model.onnx, columns, answers, some_data.features)
    logged_model.save_model(contents, folder, Model())
    return folder


@pytest.fixture(scope="session")
def tracking_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow server on SQLite, alone on a free port."""
    home = tmp_path_factory.mktemp("mlflow")
    port = _free_port()
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)),
        *("--backend-store-uri", f"sqlite:///{home}/mlflow.db", "--serve-artifacts"),
        *("--artifacts-destination", str(home / "artifacts"), "--workers", "1"),
    ]
    environment = {
        **os.environ,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    uri = f"http://127.0.0.1:{port}"
    try:
        # httpx itself waits between its attempts to connect, longer each time
        with httpx.Client(transport=httpx.HTTPTransport(retries=9)) as client:
            client.get(f"{uri}/health", timeout=30).raise_for_status()
        yield uri
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # with its workers
        server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def workshop(
    tracking_uri: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Workshop]:
    """A workshop for one test."""
    with open_workshop(tracking_uri, request.node.name[:80], tmp_path) as workshop:
        yield workshop


@pytest.fixture(scope="module")
def shared_workshop(
    tracking_uri: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Workshop]:
    """A workshop for the tests of a module, which leave its versions as they are."""
    name = request.path.stem
    with open_workshop(tracking_uri, name, tmp_path_factory.mktemp(name)) as workshop:
        yield workshop
