"""The story of a version, told by containers."""

import json

import httpx

from tests.support.rig.process import wait_until
from tests.support.stack.containers import MODEL, Stack


def test_the_first_start_ends_with_a_service_that_answers(stack: Stack) -> None:
    """Version 1 was trained and promoted by nobody's hand, and answers at the published port."""
    first = stack.history()[0]

    assert (first["from"], first["to"], first["how"]) == (None, "1", "promote")
    assert stack.predict()[0] in stack.versions()


def test_a_second_start_trains_nothing(stack: Stack) -> None:
    """Where the registry has a version, `up` leaves it at that."""
    before = stack.versions()

    stack.up()

    assert stack.versions() == before


def test_the_ui_shows_the_model(stack: Stack) -> None:
    """MLflow answers at its published port with its page and the registered model."""
    page = httpx.get(stack.tracking_url, timeout=10)
    models = httpx.get(f"{stack.tracking_url}/api/2.0/mlflow/registered-models/search", timeout=10)

    assert "MLflow" in page.raise_for_status().text
    assert MODEL in [each["name"] for each in models.json()["registered_models"]]


def test_the_operations_page_is_there(stack: Stack) -> None:
    """The image holds the page, which links to MLflow where a browser of this machine finds it."""
    page = stack.http.get("/")
    data = stack.http.get("/console/data").json()

    assert "<title>Baton</title>" in page.raise_for_status().text
    assert data["links"]["model"] == f"{stack.tracking_url}/#/models/{MODEL}"
    assert data["moves"][0]["reason"] == "the first version"


def test_a_foreign_host_is_refused(stack: Stack) -> None:
    """The MLflow server's host check is on: a page of elsewhere cannot speak to it."""
    search = f"{stack.tracking_url}/api/2.0/mlflow/registered-models/search"

    assert httpx.get(search, headers={"Host": "evil.example"}, timeout=10).status_code == 403


def test_train_promote_roll_back(stack: Stack) -> None:
    """Train prints the version; promote serves it; rollback serves the one before; all agree."""
    before, _ = stack.predict()

    version = stack.train("--param", "C=0.05")
    assert stack.versions()[-1] == version

    stack.baton("promote", version, "--wait")
    assert stack.predict()[0] == version
    assert json.loads(stack.baton("status", "--json"))["agree"] is True

    stack.baton("rollback", "--wait")
    assert stack.predict()[0] == before
    assert [move["how"] for move in stack.history()[-2:]] == ["promote", "rollback"]


def test_a_move_by_mlflow_is_followed(stack: Stack, versions: list[str]) -> None:
    """The alias moved by MLflow's own API, as its UI does, is served like any other."""
    alias = f"{stack.tracking_url}/api/2.0/mlflow/registered-models/alias"
    for version in (versions[1], versions[0]):
        move = {"name": MODEL, "alias": "production", "version": version}
        httpx.post(alias, json=move, timeout=10).raise_for_status()

        wait_until(lambda: stack.predict()[0] == version, 30, f"version {version} serves")  # noqa: B023 - waited for here


def test_own_data_is_seen_and_not_touched(stack: Stack) -> None:
    """A table in the mounted folder can be trained on, and cannot be written."""
    rows = [f"{n % 7},{n % 5},{'Yes' if n % 7 > 3 else 'No'}" for n in range(400)]
    (stack.data / "own.csv").write_text("\n".join(["a,b,left", *rows]))
    run = ["run", "--rm", "--no-deps", "-T", "-e", "BATON_MODEL_NAME=own", "trainer"]

    said = stack.docker(*run, "train", "--data", "/data/own.csv", "--target", "left")

    assert said.split()[-1] == "1"
    [mount] = [m for m in stack.inspect("bootstrap")[0]["Mounts"] if m["Destination"] == "/data"]
    assert mount["RW"] is False
