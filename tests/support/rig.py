"""The real parts that the tests of the whole product start, stop and talk to."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from baton_registry import ModelVersion, RegistryClient

LOCAL = "127.0.0.1"
WEBHOOK_SECRET = "shared by registry and inference"
CUSTOMER: dict[str, Any] = {
    "gender": "Female",
    "SeniorCitizen": 0,
    "Partner": "Yes",
    "Dependents": "No",
    "tenure": 1,
    "PhoneService": "No",
    "MultipleLines": "No phone service",
    "InternetService": "DSL",
    "OnlineSecurity": "No",
    "OnlineBackup": "Yes",
    "DeviceProtection": "No",
    "TechSupport": "No",
    "StreamingTV": "No",
    "StreamingMovies": "No",
    "Contract": "Month-to-month",
    "PaperlessBilling": "Yes",
    "PaymentMethod": "Electronic check",
    "MonthlyCharges": 29.85,
    "TotalCharges": None,
}
"""A row of the churn table, with a gap."""
STOP_LIMIT_S = 10.0
"""The contract: SIGTERM ends inference within ten seconds."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(
    true: Callable[[], bool], limit_s: float, what: str, seen: Sequence[object] = ()
) -> float:
    """Waits for a condition and gives the seconds that it took.

    At the limit it fails with `what`, and with what was seen last.
    """
    start = time.monotonic()
    while not true():
        if time.monotonic() - start > limit_s:
            raise AssertionError(f"not within {limit_s} s: {what} {[*seen] or ''}")
        time.sleep(0.02)
    return time.monotonic() - start


@dataclass
class Process:
    """A program of ours in a session of its own, with what it writes in a file."""

    command: list[str]
    env: Mapping[str, str]
    log: Path
    popen: subprocess.Popen[bytes] | None = None
    folder: Path | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                env={**os.environ, **self.env},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self.popen is not None
        return self.popen.pid

    def stop(self, how: int = signal.SIGTERM, limit_s: float = STOP_LIMIT_S) -> int:
        """Signals the process and gives its exit code; what is left of its group is killed."""
        assert self.popen is not None
        self.popen.send_signal(how)
        try:
            return self.popen.wait(limit_s)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()

    def told(self) -> str:
        """The last of what the process wrote."""
        return self.log.read_text(errors="replace")[-3000:]


class TrackingServer(Process):
    """A real MLflow server on SQLite that serves its artifacts."""

    def __init__(self, home: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.uri = f"http://{LOCAL}:{self.port}"
        home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "mlflow", "server", "--host", LOCAL]
        command += ["--port", str(self.port), "--workers", "1", "--serve-artifacts"]
        command += ["--backend-store-uri", f"sqlite:///{home}/mlflow.db"]
        command += ["--artifacts-destination", str(home / "artifacts")]
        env = {
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http",
            "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
            "MLFLOW_WEBHOOK_CACHE_TTL": "1",
            "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY": "A" * 43 + "=",
        }
        super().__init__(command, env, home / "tracking.log")

    def start(self) -> None:
        super().start()
        wait_until(lambda: answers(f"{self.uri}/health"), 60, f"tracking server: {self.told()}")


def answers(url: str) -> bool:
    """Whether a GET of the URL gives 200."""
    try:
        return httpx.get(url, timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


class Inference(Process):
    """A real inference process, as `baton serve` starts it; `inside`: what starts it."""

    def __init__(self, env: Mapping[str, str], log: Path, inside: Sequence[str] = ()) -> None:
        self.port = free_port()
        self.url = f"http://{LOCAL}:{self.port}"
        own = {"BATON_PORT": str(self.port), "BATON_LOG_FORMAT": "json"}
        command = [*inside, sys.executable, "-m", "baton_cli", "serve"]
        super().__init__(command, {**env, **own}, log)
        self.http = httpx.Client(base_url=self.url, timeout=10)

    def start(self) -> None:
        super().start()
        wait_until(lambda: answers(f"{self.url}/livez"), 30, "inference is live")

    def wait_ready(self, limit_s: float = 30) -> float:
        return wait_until(lambda: answers(f"{self.url}/readyz"), limit_s, f"ready: {self.told()}")

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self.http.get("/status").raise_for_status().json()
        return status

    def serves(self, version: str) -> bool:
        serving = self.status()["serving"]
        return serving is not None and serving["version"] == version

    def wait_serves(self, version: str, limit_s: float = 10) -> float:
        return wait_until(lambda: self.serves(version), limit_s, f"{version}: {self.told()}")

    def predict(self, instances: list[dict[str, Any]]) -> dict[str, Any]:
        answer = self.http.post("/predict", json={"instances": instances})
        assert answer.status_code == httpx.codes.OK, answer.text
        body: dict[str, Any] = answer.json()
        assert answer.headers["X-Model-Version"] == body["model_version"]
        return body


@dataclass
class Desk:
    """A user's shell: the command line and the clients, pointed at one registry and one model."""

    tracking_uri: str
    model: str
    folder: Path
    inference: list[Inference] = field(default_factory=list)
    more_env: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        return {
            "MLFLOW_TRACKING_URI": self.tracking_uri,
            "BATON_MODEL_NAME": self.model,
            "BATON_POLL_INTERVAL_S": "0.2",
            "BATON_CACHE_DIR": str(self.folder / "cache"),
            "BATON_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "BATON_INFERENCE_URL": ",".join(each.url for each in self.inference)
            or f"http://{LOCAL}:1",
            **self.more_env,
        }

    @property
    def registry(self) -> RegistryClient:
        return RegistryClient(self.tracking_uri)

    def baton(self, *arguments: str, code: int = 0, limit_s: float = 180) -> str:
        """Runs `baton …`, checks its exit code, gives what it wrote to stdout."""
        done = self.try_baton(*arguments, limit_s=limit_s)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout

    def try_baton(self, *arguments: str, limit_s: float = 180) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "baton_cli", *arguments],
            env={**os.environ, **self.env},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def train(self, *arguments: str) -> str:
        """Runs `baton train` and gives the version that it names last."""
        return self.baton("train", *arguments).split()[-1]

    def history(self) -> list[tuple[str | None, str | None, str]]:
        moves = json.loads(self.baton("history", "--json"))
        return [(move["from"], move["to"], move["how"]) for move in moves]

    @contextmanager
    def serve(self, inside: Sequence[str] = (), **env: str) -> Iterator[Inference]:
        """An inference process that follows this desk's model."""
        log = self.folder / f"inference-{len(self.inference)}.log"
        process = Inference({**self.env, **env}, log, inside)
        self.inference.append(process)
        process.start()
        try:
            yield process
        finally:
            if process.popen is not None and process.popen.poll() is None:
                process.stop()
            process.http.close()
            self.inference.remove(process)


def move_alias(desk: Desk, version: str) -> None:
    """Moves the alias as any client of the registry can, without checks or a ledger."""
    with desk.registry as registry:
        registry.set_alias(desk.model, "production", version)


def register(desk: Desk, version: ModelVersion, **tags: str) -> str:
    """Registers a trained version once more, as the next version of the desk's own model."""
    with desk.registry as registry:
        again = registry.create_version(
            desk.model, source=version.source, run_id=version.run_id, tags={**version.tags, **tags}
        )
    return again.version
