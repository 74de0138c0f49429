"""A user's shell: the command line and the clients, pointed at one registry and one model."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion
from tests.support.rig.forked_command import run_command
from tests.support.rig.inference import Inference
from tests.support.rig.process import LOCAL

WEBHOOK_SECRET = "shared by registry and inference"


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
            "BATON_POLL_INTERVAL_S": "0.5",  # a look-up costs the tracking server 30 ms
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
        """Runs `baton …`, checks its exit code and returns its stdout."""
        result = self.try_baton(*arguments, limit_s=limit_s)
        assert result.returncode == code, (arguments, result.stdout, result.stderr)
        return result.stdout

    def try_baton(self, *arguments: str, limit_s: float = 180) -> subprocess.CompletedProcess[str]:
        """Runs `baton …` and gives its exit code and output."""
        return run_command(arguments, {**os.environ, **self.env}, self.folder, limit_s)

    def train(self, *arguments: str) -> str:
        """Runs `baton train` and returns the version that it prints."""
        return self.baton("train", *arguments).split()[-1]

    def history(self) -> list[tuple[str | None, str | None, str]]:
        moves = json.loads(self.baton("history", "--json"))
        return [(move["from"], move["to"], move["how"]) for move in moves]

    @contextmanager
    def serve(self, inside: Sequence[str] = (), **env: str) -> Iterator[Inference]:
        """Runs an inference process that follows this desk's model."""
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
    """Moves the alias like any MLflow client, without checks and ledger."""
    with desk.registry as registry:
        registry.set_alias(desk.model, "production", version)


def register(desk: Desk, version: ModelVersion, **tags: str) -> str:
    """Registers a trained version again, as the next version of the desk's model."""
    with desk.registry as registry:
        again = registry.create_version(
            desk.model, source=version.source, run_id=version.run_id, tags={**version.tags, **tags}
        )
    return again.version
