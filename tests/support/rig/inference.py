"""A real inference process on this machine."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.support.rig.process import (
    LOCAL,
    SLOWDOWN,
    Process,
    find_free_port,
    is_ok,
    wait_until,
)


class Inference(Process):
    """A real inference process, started by `baton serve`; `inside` is a command that wraps it."""

    def __init__(self, env: Mapping[str, str], log: Path, inside: Sequence[str] = ()) -> None:
        self.port = find_free_port()
        self.url = f"http://{LOCAL}:{self.port}"
        self.grpc_address = f"{LOCAL}:{env.get('BATON_GRPC_PORT', 'unset')}"
        own = {"BATON_PORT": str(self.port), "BATON_LOG_FORMAT": "json"}
        command = [*inside, sys.executable, "-m", "baton_cli", "serve"]
        super().__init__(command, {**env, **own}, log)
        self.http = httpx.Client(base_url=self.url, timeout=10 * SLOWDOWN)

    def start(self) -> None:
        super().start()
        wait_until(lambda: is_ok(f"{self.url}/livez"), 30, "inference is live")

    def wait_until_ready(self, limit_s: float = 30) -> float:
        return wait_until(lambda: is_ok(f"{self.url}/readyz"), limit_s, f"ready: {self.log_tail}")

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self.http.get("/status").raise_for_status().json()
        return status

    def is_serving(self, version: str) -> bool:
        serving = self.status()["serving"]
        return serving is not None and serving["version"] == version

    def wait_until_serving(self, version: str, limit_s: float = 10) -> float:
        return wait_until(lambda: self.is_serving(version), limit_s, f"{version}: {self.log_tail}")

    def predict(self, instances: list[dict[str, Any]]) -> dict[str, Any]:
        answer = self.http.post("/predict", json={"instances": instances})
        assert answer.status_code == httpx.codes.OK, answer.text
        body: dict[str, Any] = answer.json()
        assert answer.headers["X-Model-Version"] == body["model_version"]
        return body
