"""The wired core."""

import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue

from baton_inference.core import create_core
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.application import make_settings
from tests.support.fakes.memory_registry import FakeRegistry

CODE = """
import sys, threading
import baton_inference.core
forbidden = {"fastapi", "starlette", "uvicorn", "mlflow", "onnx", "pandas", "pyarrow", "arro3"}
print(sorted(forbidden & set(sys.modules)))
print(threading.active_count())
"""


def test_import_loads_no_web_framework_and_starts_nothing() -> None:
    """Importing the core loads neither FastAPI nor MLflow nor Arrow, and starts no thread."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "1"]


def test_wiring_does_no_io(tmp_path: Path) -> None:
    """A core that has not started has not contacted the registry, and has written nothing."""
    registry = FakeRegistry()
    registry.fault = AssertionError("unexpected call")
    core = create_core(make_settings(tmp_path / "cache"), registry=registry)
    assert core.live.production is None
    assert core.watcher_state.status.state == "waiting"
    assert not (tmp_path / "cache").exists()


def test_connects_to_the_tracking_server_of_the_settings(tmp_path: Path) -> None:
    """By default, the core uses the registry of the settings."""
    core = create_core(make_settings(tmp_path, MLFLOW_TRACKING_URI="http://tracking:5000"))
    assert core.registry.address == "http://tracking:5000"
    core.close()


def test_a_nudge_and_a_stop_reach_both_pollers(tmp_path: Path) -> None:
    """With a poll interval of an hour, each alias is looked up again at once."""
    aliases: Queue[str] = Queue()

    class Registry(FakeRegistry):
        def resolve_alias(self, name: str, alias: str) -> ModelVersion:
            aliases.put(alias)
            return super().resolve_alias(name, alias)

    core = create_core(make_settings(tmp_path, BATON_POLL_INTERVAL_S=3600), registry=Registry())
    core.start()
    for _ in range(2):
        assert {aliases.get(timeout=20), aliases.get(timeout=20)} == {"production", "canary"}
        core.nudge()
    core.close()
    assert not {"watcher", "canary"} & {each.name for each in threading.enumerate()}
