"""The life cycle of a version in containers."""

import json

import httpx

from tests.support.rig.process import wait_until
from tests.support.stack.containers import MODEL, Stack


def test_first_start_serves_version_1(stack: Stack) -> None:
    """The first start trains and promotes version 1, which answers at the published port."""
    first = stack.history()[0]

    assert (first["from"], first["to"], first["how"]) == (None, "1", "promote")
    assert stack.predict()[0] in stack.versions()


def test_second_start_trains_nothing(stack: Stack) -> None:
    """`up` trains nothing if the registry has a version."""
    before = stack.versions()

    stack.up()

    assert stack.versions() == before


def test_mlflow_ui_shows_the_model(stack: Stack) -> None:
    """MLflow serves its page and the registered model at its published port."""
    page = httpx.get(stack.tracking_url, timeout=10)
    models = httpx.get(f"{stack.tracking_url}/api/2.0/mlflow/registered-models/search", timeout=10)

    assert "MLflow" in page.raise_for_status().text
    assert MODEL in [each["name"] for each in models.json()["registered_models"]]


def test_operations_page_is_served(stack: Stack) -> None:
    """The image has the page, with links that work in a browser on this machine."""
    page = stack.http.get("/")
    data = stack.http.get("/console/data").json()

    assert "<title>Baton</title>" in page.raise_for_status().text
    assert data["links"]["model"] == f"{stack.tracking_url}/#/models/{MODEL}"
    assert data["moves"][0]["reason"] == "the first version"


def test_foreign_host_is_rejected(stack: Stack) -> None:
    """MLflow's host check is on: a foreign page cannot use it."""
    search = f"{stack.tracking_url}/api/2.0/mlflow/registered-models/search"

    assert httpx.get(search, headers={"Host": "evil.example"}, timeout=10).status_code == 403


def test_train_promote_roll_back(stack: Stack) -> None:
    """Training prints the version, promote serves it, rollback serves the previous one."""
    before, _ = stack.predict()

    version = stack.train("--param", "C=0.05")
    assert stack.versions()[-1] == version

    stack.baton("promote", version, "--wait")
    assert stack.predict()[0] == version
    assert json.loads(stack.baton("status", "--json"))["agree"] is True

    stack.baton("rollback", "--wait")
    assert stack.predict()[0] == before
    assert [move["how"] for move in stack.history()[-2:]] == ["promote", "rollback"]


def test_alias_move_in_mlflow_is_followed(stack: Stack, versions: list[str]) -> None:
    """Inference follows a move by MLflow's API, which its UI uses."""
    alias = f"{stack.tracking_url}/api/2.0/mlflow/registered-models/alias"
    for version in (versions[1], versions[0]):
        move = {"name": MODEL, "alias": "production", "version": version}
        httpx.post(alias, json=move, timeout=10).raise_for_status()

        wait_until(lambda: stack.predict()[0] == version, 30, f"version {version} serves")  # noqa: B023 - the call waits


def test_own_data_is_read_only(stack: Stack) -> None:
    """The trainer reads a table in the mounted folder and cannot write there."""
    rows = [f"{n % 7},{n % 5},{'Yes' if n % 7 > 3 else 'No'}" for n in range(400)]
    (stack.data / "own.csv").write_text("\n".join(["a,b,left", *rows]))
    run = ["run", "--rm", "--no-deps", "-T", "-e", "BATON_MODEL_NAME=own", "trainer"]

    output = stack.docker(*run, "train", "--data", "/data/own.csv", "--target", "left")

    assert output.split()[-1] == "1"
    [mount] = [m for m in stack.inspect("bootstrap")[0]["Mounts"] if m["Destination"] == "/data"]
    assert mount["RW"] is False
