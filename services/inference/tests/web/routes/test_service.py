"""The routes for operators."""

from pathlib import Path

from baton_inference.app import create_app
from baton_inference.core import create_core
from baton_inference.scoring.workers import Pools
from baton_registry.errors import RegistryUnavailable
from tests.support.fakes.application import make_app, make_settings
from tests.support.fakes.asgi_client import get
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import open_fake_engine


def test_process_is_live_before_it_is_ready(tmp_path: Path) -> None:
    """The process is live with an empty slot, and ready with a full one."""
    app, core = make_app(tmp_path)
    assert get(app, "/livez").status == 200
    answer = get(app, "/readyz")
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    core.live.swap(make_live_version())
    assert get(app, "/readyz").status == 200


def test_service_stays_ready_without_the_registry(tmp_path: Path) -> None:
    """An unreachable registry does not change the readiness."""
    registry = FakeRegistry()
    core = create_core(make_settings(tmp_path), registry=registry, open_engine=open_fake_engine)
    app = create_app(make_settings(tmp_path), core, Pools())
    registry.add("1")
    registry.alias = "1"
    core.watcher.poll()
    registry.fault = RegistryUnavailable("away")
    core.watcher.poll()
    assert get(app, "/readyz").status == 200
    assert get(app, "/status").json()["state"] == "degraded"


def test_status_has_the_documented_shape(tmp_path: Path) -> None:
    """`/status` has the documented keys in their order."""
    registry = FakeRegistry()
    core = create_core(make_settings(tmp_path), registry=registry, open_engine=open_fake_engine)
    app = create_app(make_settings(tmp_path), core, Pools())
    registry.add("1")
    registry.add("2", "broken")
    for version in ("1", "2"):
        registry.alias = version
        core.watcher.poll()
    status = get(app, "/status").json()
    assert list(status) == [
        "model_name",
        "alias",
        "state",
        "aspired_version",
        "serving",
        "registry",
        "last_load_failure",
        "swaps",
        "canary",
    ]
    assert list(status["serving"]) == [
        "version",
        "run_id",
        "engine",
        "source",
        "since",
        "outputs_checked",
    ]
    assert list(status["registry"]) == [
        "reachable",
        "last_success_at",
        "consecutive_failures",
        "last_error",
    ]
    assert list(status["last_load_failure"]) == ["version", "reason", "at", "attempts"]
    assert (status["state"], status["aspired_version"], status["swaps"]) == ("degraded", "2", 0)
