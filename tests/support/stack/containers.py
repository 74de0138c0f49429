"""The stack that the tests run: real containers under a project name and ports of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
from testcontainers.compose import DockerCompose

from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.process import LOCAL, free_port

ROOT = Path(__file__).parents[3]
BODY = {"instances": [CUSTOMER]}
PARTS = ("tracking", "postgres", "storage")
MODEL = "churn_model"
COMMAND_LIMIT_S = 800.0

Predictions = list[dict[str, Any]]


class Stack:
    """One compose project, and the commands that an operator would type."""

    def __init__(self, project: str, data: Path, files: str = "docker-compose.yml") -> None:
        ports = {"BATON_TRACKING_PORT": free_port(), "BATON_INFERENCE_PORT": free_port()}
        self.tracking_url = f"http://{LOCAL}:{ports['BATON_TRACKING_PORT']}"
        self.inference_url = f"http://{LOCAL}:{ports['BATON_INFERENCE_PORT']}"
        self.env = {name: str(port) for name, port in ports.items()}
        self.env |= {"COMPOSE_PROJECT_NAME": project, "BATON_DATA_DIR": str(data)}
        self.env["COMPOSE_FILE"] = files
        self.root = ROOT
        self.data = data
        self.compose = DockerCompose(ROOT)
        self.http = httpx.Client(base_url=self.inference_url, timeout=10)

    def run(self, *command: str, code: int = 0, stdin: str = "") -> str:
        """Runs a command in `root`, checks its exit code, gives its stdout."""
        done = subprocess.run(
            command, cwd=self.root, env={**os.environ, **self.env}, input=stdin, text=True,
            capture_output=True, timeout=COMMAND_LIMIT_S, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{command}: {done.stdout}\n{done.stderr[-3000:]}"
        return done.stdout if code == 0 else done.stderr

    def docker(self, *arguments: str) -> str:
        """`docker compose …`."""
        return self.run("docker", "compose", *arguments)

    def exits_well(self, *arguments: str) -> bool:
        """Whether a `docker compose …` ends with 0."""
        command = ["docker", "compose", *arguments]
        environment = {**os.environ, **self.env}
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, check=False
        )
        return done.returncode == 0

    def up(self, *arguments: str) -> None:
        """`docker compose up -d --wait`: everything is healthy when it ends."""
        self.docker("up", "-d", "--wait", *arguments)

    def baton(self, *arguments: str) -> str:
        """`docker compose run --rm trainer …`: any verb of the command line."""
        return self.docker("run", "--rm", "--no-deps", "-T", "trainer", *arguments)

    def train(self, *arguments: str) -> str:
        """Trains a version and gives its number, the last word on stdout."""
        return self.baton("train", *arguments).split()[-1]

    def history(self) -> list[dict[str, Any]]:
        moves: list[dict[str, Any]] = json.loads(self.baton("history", "--json"))
        return moves

    def versions(self) -> list[str]:
        """Every version in the registry, the first one first, as MLflow's own API tells it."""
        search = f"{self.tracking_url}/api/2.0/mlflow/model-versions/search"
        found = httpx.get(search, params={"filter": f"name='{MODEL}'"}, timeout=10)
        listed = found.raise_for_status().json().get("model_versions", [])
        return sorted((version["version"] for version in listed), key=int)

    def predict(self) -> tuple[str, Predictions]:
        """The version that answers, and what it says of the customer."""
        answer = self.http.post("/predict", json=BODY)
        assert answer.status_code == httpx.codes.OK, answer.text
        body = answer.json()
        return body["model_version"], body["predictions"]

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self.http.get("/status").raise_for_status().json()
        return status

    def registry_answers(self) -> bool:
        """Whether the tracking server resolves the alias, and inference knows that it does."""
        alias = f"{self.tracking_url}/api/2.0/mlflow/registered-models/alias"
        try:
            answer = httpx.get(alias, params={"name": MODEL, "alias": "production"}, timeout=5)
        except httpx.HTTPError:
            return False
        return answer.is_success and self.status()["registry"]["reachable"] is True

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers, ended ones included."""
        return self.docker("ps", "-aq", service).split()

    def inspect(self, *services: str) -> list[dict[str, Any]]:
        """What the engine knows of the containers of these services, or of all."""
        ids = self.docker("ps", "-aq", *services).split()
        found: list[dict[str, Any]] = json.loads(self.run("docker", "inspect", *ids))
        return found

    def sql(self, query: str) -> str:
        """What PostgreSQL itself answers, asked past MLflow."""
        return self.docker(
            "exec", "-T", "postgres", "psql", "-U", "postgres", "-d", "mlflow", "-Atc", query
        ).strip()

    def secret(self, name: str) -> str:
        """One secret of this stack, read as only an operator of the engine can."""
        path = f"/run/secrets/{name}"
        return self.docker("run", "--rm", "--no-deps", "-T", "--entrypoint", "cat", "secrets", path)

    def serves(self) -> bool:
        """Whether a scoring request is answered now."""
        try:
            return self.http.post("/predict", json=BODY).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def wipe(self) -> None:
        """Removes containers, volumes and secrets."""
        self.run("scripts/down", "-v", "--yes")


def assert_confined(container: dict[str, Any]) -> None:
    """It is not root, writes to no root filesystem, has no capability, and all of it is bounded."""
    host, name = container["HostConfig"], container["Name"]
    assert container["Config"]["User"].partition(":")[0] not in ("", "0", "root"), name
    assert host["ReadonlyRootfs"], name
    assert host["CapDrop"] == ["ALL"], name
    assert "no-new-privileges:true" in host["SecurityOpt"], name
    assert host["Memory"] > 0, name
    assert host["PidsLimit"] > 0, name
    assert host["LogConfig"]["Config"]["max-size"], name
