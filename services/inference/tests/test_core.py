"""The wired core."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import Queue

import pytest

from baton_inference import core as core_module
from baton_inference.canary import CanaryParts
from baton_inference.core import Core, create_core
from baton_inference.lifecycle.trips.trip import Trip
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.application import make_settings
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import open_fake_engine

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


def test_a_shutdown_ends_the_marks_first_and_waits_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polls that hang cost one wait together, and a kill during it blames no version."""
    monkeypatch.setattr(core_module, "STOP_S", 0.3)
    polls, release = threading.Semaphore(0), threading.Event()
    marked: list[bool] = []

    class Registry(FakeRegistry):
        def resolve_alias(self, name: str, alias: str) -> ModelVersion:
            polls.release()
            release.wait(20)
            return super().resolve_alias(name, alias)

        def close(self) -> None:
            marked.append(any(marks.iterdir()))

    marks = tmp_path / "loading"
    core = create_core(make_settings(tmp_path), registry=Registry())
    core.marks.begin(ModelVersion("churn_model", "1", source="models:/m-1"))
    core.start()
    try:
        assert all(polls.acquire(timeout=20) for _ in range(2))
        closing = threading.Thread(target=core.close)
        closing.start()
        end_s = time.monotonic() + 0.25
        while any(marks.iterdir()) and time.monotonic() < end_s:
            time.sleep(0.01)
        assert closing.is_alive()
        closing.join(20)
        assert marked == [False]
        assert core.is_busy
    finally:
        release.set()
    for each in (core.poller, core.canary.poller if core.canary else core.poller):
        each.join(20)
    assert not core.is_busy


def test_a_trip_survives_a_restart_until_the_alias_moves(tmp_path: Path) -> None:
    """The process that starts again gives the canary no requests, whatever its weight is."""
    registry = FakeRegistry()
    for version in ("1", "2", "3"):
        registry.add(version, "sum 0.25")
        registry.tag(version, weight="50")
    registry.alias, registry.canary = "1", "2"

    def start() -> tuple[Core, CanaryParts]:
        core = create_core(make_settings(tmp_path), registry=registry, open_engine=open_fake_engine)
        core.watcher.poll()
        assert core.canary is not None
        core.canary.watcher.poll()
        return core, core.canary

    def read(core: Core) -> tuple[str, float]:
        status = core.read_status().canary
        assert status is not None
        return status.state, status.effective_weight

    core, canary = start()
    assert read(core) == ("canary", 50)
    assert core.live.canary is not None
    canary.switch.trip(Trip(core.live.canary.identity, "it fails"))
    assert read(core) == ("tripped", 0)
    core, canary = start()
    assert read(core) == ("tripped", 0)
    registry.canary = "3"
    canary.watcher.poll()
    registry.canary = "2"
    canary.watcher.poll()
    assert read(core) == ("canary", 50)
    assert read(start()[0]) == ("canary", 50)
