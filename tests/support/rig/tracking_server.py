"""A real tracking server on this machine."""

import sys
from pathlib import Path

from tests.support.rig.process import LOCAL, Process, find_free_port, is_ok, wait_until


class TrackingServer(Process):
    """A real MLflow server on SQLite that serves its artifacts."""

    def __init__(self, home: Path, port: int | None = None) -> None:
        self.port = port or find_free_port()
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
        wait_until(lambda: is_ok(f"{self.uri}/health"), 60, f"tracking server: {self.log_tail}")
