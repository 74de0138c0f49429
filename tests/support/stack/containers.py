"""The stack of the tests: real containers with their own project name and ports."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from testcontainers.compose import DockerCompose

from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.process import LOCAL, find_free_port

ROOT = Path(__file__).parents[3]
BODY = {"instances": [CUSTOMER]}
PARTS = ("tracking", "postgres", "storage")
MODEL = "churn_model"
COMMAND_LIMIT_S = 800.0

Predictions = list[dict[str, Any]]


class Stack:
    """A compose project, and an operator's commands."""

    def __init__(self, project: str, data: Path, files: str = "docker-compose.yml") -> None:
        names = ("BATON_TRACKING_PORT", "BATON_INFERENCE_PORT", "BATON_GRPC_PORT")
        ports = {name: find_free_port() for name in names}
        self.tracking_url = f"http://{LOCAL}:{ports['BATON_TRACKING_PORT']}"
        self.inference_url = f"http://{LOCAL}:{ports['BATON_INFERENCE_PORT']}"
        self.grpc_address = f"{LOCAL}:{ports['BATON_GRPC_PORT']}"  # with deploy/grpc.yml
        self.env = {name: str(port) for name, port in ports.items()}
        self.env |= {"COMPOSE_PROJECT_NAME": project, "BATON_DATA_DIR": str(data)}
        self.env["COMPOSE_FILE"] = files
        self.root = ROOT
        self.data = data
        self.compose = DockerCompose(ROOT)
        self.http = httpx.Client(base_url=self.inference_url, timeout=10)

    def run(self, *command: str, code: int = 0, stdin: str = "") -> str:
        """Runs a command in `root`, checks its exit code and returns its output."""
        result = subprocess.run(
            command, cwd=self.root, env={**os.environ, **self.env}, input=stdin, text=True,
            capture_output=True, timeout=COMMAND_LIMIT_S, check=False,
        )  # fmt: skip
        assert result.returncode == code, f"{command}: {result.stdout}\n{result.stderr[-3000:]}"
        return result.stdout if code == 0 else result.stderr

    def docker(self, *arguments: str) -> str:
        """Runs `docker compose …`."""
        return self.run("docker", "compose", *arguments)

    def succeeds(self, *arguments: str) -> bool:
        """Whether `docker compose …` exits with 0."""
        command = ["docker", "compose", *arguments]
        environment = {**os.environ, **self.env}
        result = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, check=False
        )
        return result.returncode == 0

    def up(self, *arguments: str) -> None:
        """Runs `docker compose up -d --wait`: afterwards everything is healthy."""
        self.docker("up", "-d", "--wait", *arguments)

    def baton(self, *arguments: str) -> str:
        """Runs a verb: `docker compose run --rm trainer …`."""
        return self.docker("run", "--rm", "--no-deps", "-T", "trainer", *arguments)

    def train(self, *arguments: str) -> str:
        """Trains a version and returns its number, the last word on stdout."""
        return self.baton("train", *arguments).split()[-1]

    def history(self) -> list[dict[str, Any]]:
        """Reads the moves from this machine: a container would take ten times as long."""
        registry = {"MLFLOW_TRACKING_URI": self.tracking_url, "BATON_MODEL_NAME": MODEL}
        command = [sys.executable, "-m", "baton_cli", "history", "--json"]
        shown = subprocess.check_output(command, env={**os.environ, **registry})
        moves: list[dict[str, Any]] = json.loads(shown)
        return moves

    def ensure_two_versions(self) -> list[str]:
        """Lists every version, at least two with different answers; version 1 is in production."""
        while len(self.versions()) < 2:
            self.train("--param", "C=0.05")
        if self.predict()[0] != "1":
            self.baton("promote", "1", "--wait")
        return self.versions()

    def versions(self) -> list[str]:
        """Lists every version in the registry by number, with MLflow's API."""
        search = f"{self.tracking_url}/api/2.0/mlflow/model-versions/search"
        answer = httpx.get(search, params={"filter": f"name='{MODEL}'"}, timeout=10)
        listed = answer.raise_for_status().json().get("model_versions", [])
        return sorted((version["version"] for version in listed), key=int)

    def predict(self) -> tuple[str, Predictions]:
        """Scores the customer; returns version and predictions."""
        answer = self.http.post("/predict", json=BODY)
        assert answer.status_code == httpx.codes.OK, answer.text
        body = answer.json()
        return body["model_version"], body["predictions"]

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self.http.get("/status").raise_for_status().json()
        return status

    def is_registry_reachable(self) -> bool:
        """Whether the tracking server resolves the alias and inference reports it as reachable."""
        alias = f"{self.tracking_url}/api/2.0/mlflow/registered-models/alias"
        try:
            answer = httpx.get(alias, params={"name": MODEL, "alias": "production"}, timeout=5)
        except httpx.HTTPError:
            return False
        return answer.is_success and self.status()["registry"]["reachable"] is True

    def containers(self, service: str) -> list[str]:
        """Lists the ids of a service's containers, stopped ones included."""
        return self.docker("ps", "-aq", service).split()

    def inspect(self, *services: str) -> list[dict[str, Any]]:
        """Runs `docker inspect` on the containers of these services, or of all."""
        ids = self.docker("ps", "-aq", *services).split()
        containers: list[dict[str, Any]] = json.loads(self.run("docker", "inspect", *ids))
        return containers

    def sql(self, query: str) -> str:
        """Queries PostgreSQL directly."""
        return self.docker(
            "exec", "-T", "postgres", "psql", "-U", "postgres", "-d", "mlflow", "-Atc", query
        ).strip()

    def secret(self, name: str) -> str:
        """Reads a secret of this stack; this needs Docker access."""
        return self.read_secrets(name)[0]

    def read_secrets(self, *names: str) -> list[str]:
        """Reads several secrets in one container."""
        run = ("run", "--rm", "--no-deps", "-T", "--entrypoint", "tail", "secrets")
        paths = [f"/run/secrets/{name}" for name in names]
        shown = self.docker(*run, "-v", "-c", "+1", *paths)  # each below a line with its path
        return re.split(r"(?:\A|\n)==> /run/secrets/\S+ <==\n", shown)[1:]

    def is_serving(self) -> bool:
        """Whether a scoring request succeeds now."""
        try:
            return self.http.post("/predict", json=BODY).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def wipe(self) -> None:
        """Removes containers, volumes and secrets."""
        self.run("scripts/down", "-v", "--yes")


def assert_confined(container: dict[str, Any]) -> None:
    """Checks that it is not root, has a read-only root filesystem, no capability, and limits."""
    host, name = container["HostConfig"], container["Name"]
    assert container["Config"]["User"].partition(":")[0] not in ("", "0", "root"), name
    assert host["ReadonlyRootfs"], name
    assert host["CapDrop"] == ["ALL"], name
    assert "no-new-privileges:true" in host["SecurityOpt"], name
    assert host["Memory"] > 0, name
    assert host["PidsLimit"] > 0, name
    assert host["LogConfig"]["Config"]["max-size"], name
