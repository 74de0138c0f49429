"""A registry of its own: an older MLflow server, its own libraries, models of plain MLflow."""

import os
import subprocess
from pathlib import Path
from typing import Self

from tests.support.rig.process import LOCAL, Process, find_free_port, is_ok, wait_until
from tests.support.rig.uv import require_uv

SCRIPT = Path(__file__).with_name("models.py")


class Stranger(Process):
    """A tracking server of another release of MLflow, in an environment of its own.

    Attributes:
        tables: the folder of the tables of the models, and of what they answer.
    """

    def __init__(self, home: Path, *packages: str) -> None:
        """Installs the packages, of which one is mlflow."""
        uv, self.python = require_uv(), home / "env" / "bin" / "python"
        _run(uv, "venv", "--quiet", "--no-project", "--python", "3.11", str(home / "env"))
        _run(uv, "pip", "install", "--quiet", "--python", str(self.python), *packages)
        self.port = find_free_port()
        self.uri = f"http://{LOCAL}:{self.port}"
        self.tables = home / "models"
        self.tables.mkdir()
        command = [str(self.python), "-m", "mlflow", "server", "--host", LOCAL]
        command += ["--port", str(self.port), "--workers", "1", "--serve-artifacts"]
        command += ["--backend-store-uri", f"sqlite:///{home}/mlflow.db"]
        command += ["--artifacts-destination", str(home / "artifacts")]
        super().__init__(command, {}, home / "tracking.log")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(limit_s=30)

    def start(self) -> None:
        super().start()
        wait_until(lambda: is_ok(f"{self.uri}/health"), 120, f"tracking server: {self.log_tail}")

    def register(self, *models: str) -> None:
        """Logs and registers models by MLflow's client of this environment."""
        own = {"MLFLOW_TRACKING_URI": self.uri, "GIT_PYTHON_REFRESH": "quiet"}
        _run(str(self.python), str(SCRIPT), str(self.tables), *models, **own)


def _run(*command: str, **env: str) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, (command, done.stderr[-2_000:])
