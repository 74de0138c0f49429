"""`GET /metrics`."""

from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from baton_inference.app import create_app
from baton_inference.core import create_core
from baton_inference.scoring.workers import Pools
from baton_rollout.limits import Limits
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from tests.support.fakes.application import make_app, make_settings
from tests.support.fakes.asgi_client import call, get, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import GOOD_BODY, open_fake_engine

NAMES = {
    "baton_requests_total",
    "baton_request_duration_seconds",
    "baton_rows_total",
    "baton_swaps_total",
    "baton_swap_failures_total",
    "baton_swap_duration_seconds",
    "baton_model_info",
    "baton_aspired_version_info",
    "baton_registry_reachable",
    "baton_registry_last_success_timestamp_seconds",
    "baton_queue_depth",
    "baton_canary_info",
    "baton_canary_weight",
    "baton_canary_load_failures_total",
    "baton_fallbacks_total",
    "baton_shadow_rows_total",
    "baton_shadow_stopped",
    "baton_canary_tripped",
    "baton_rollout_info",
    "baton_rollout_deadline_timestamp_seconds",
}


def read_samples(text: bytes) -> dict[str, float]:
    """Reads each sample by its name and labels."""
    lines = [line for line in text.decode().splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_metric_names(tmp_path: Path) -> None:
    """The families have exactly the public names."""
    app, _ = make_app(tmp_path)
    answer = get(app, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = [*text_string_to_metric_families(answer.body.decode())]
    counters = {"counter": "_total"}
    assert {family.name + counters.get(family.type, "") for family in families} == NAMES


def test_requests_rows_and_state_are_reported(tmp_path: Path) -> None:
    """Metrics cover requests, rows, the serving version and the registry."""
    app, core = make_app(tmp_path, make_live_version(version="7"))
    for _ in range(2):
        call(app, post("/predict", GOOD_BODY))
    call(app, post("/predict", b"{"))
    core.watcher.poll()  # the alias is not set
    samples = read_samples(get(app, "/metrics").body)
    requests = 'baton_requests_total{code="%s",model_version="7",protocol="predict"}'
    assert (samples[requests % 200], samples[requests % 400]) == (2, 1)
    count = 'baton_request_duration_seconds_count{model_version="7",protocol="predict"}'
    assert samples[count] == 3
    assert samples['baton_rows_total{model_version="7"}'] == 2
    assert samples['baton_model_info{engine="sum",run_id="run-7",version="7"}'] == 1
    assert samples["baton_registry_reachable"] == 1
    assert samples["baton_registry_last_success_timestamp_seconds"] > 1.7e9
    assert not any(name.startswith("baton_aspired_version_info") for name in samples)


def test_swaps_and_failures_are_reported(tmp_path: Path) -> None:
    """Metrics cover swaps, failed loads and the aspired version."""
    registry = FakeRegistry()
    core = create_core(make_settings(tmp_path), registry=registry, open_engine=open_fake_engine)
    app = create_app(make_settings(tmp_path), core, Pools())
    for version, model in (("1", "sum 0.1"), ("2", "sum 0.2"), ("3", "broken")):
        registry.add(version, model)
        registry.alias = version
        core.watcher.poll()
    samples = read_samples(get(app, "/metrics").body)
    assert samples["baton_swaps_total"] == samples["baton_swap_duration_seconds_count"] == 1
    assert samples['baton_swap_failures_total{reason="engine"}'] == 1
    assert samples['baton_swap_failures_total{reason="fetch"}'] == 0
    assert samples['baton_aspired_version_info{version="3"}'] == 1


def test_the_canary_is_reported(tmp_path: Path) -> None:
    """Metrics cover its version, the weight in effect, failed loads and fallbacks."""
    registry = FakeRegistry()
    core = create_core(make_settings(tmp_path), registry=registry, open_engine=open_fake_engine)
    app = create_app(make_settings(tmp_path), core, Pools())
    for version, model in (("1", "sum 0.1"), ("2", "error"), ("3", "broken"), ("4", "sum 0.2")):
        registry.add(version, model)
    registry.alias = "1"
    core.watcher.poll()
    assert core.canary is not None
    for registry.canary in ("2", "3", "4"):
        core.canary.watcher.poll()
    registry.tag("4", weight="12.5")
    core.canary.watcher.poll()
    core.metrics.count_fallback("4")
    samples = read_samples(get(app, "/metrics").body)
    assert samples['baton_canary_info{engine="sum",run_id="run-4",version="4"}'] == 1
    assert samples["baton_canary_weight"] == 12.5
    assert samples['baton_canary_load_failures_total{reason="engine"}'] == 1
    assert samples['baton_canary_load_failures_total{reason="warm_up"}'] == 1
    assert samples['baton_fallbacks_total{version="4"}'] == 1
    registry.canary = None
    core.canary.watcher.poll()
    samples = read_samples(get(app, "/metrics").body)
    assert not any(name.startswith("baton_canary_info") for name in samples)
    assert samples["baton_canary_weight"] == 0


def test_last_rollout_is_reported(tmp_path: Path) -> None:
    """Its version and phase, and when it pauses; no series before the first one."""
    registry = FakeRegistry()
    settings = make_settings(tmp_path)
    core = create_core(settings, registry=registry, open_engine=open_fake_engine)
    app = create_app(settings, core, Pools())
    core.watcher.poll()
    assert not [name for name in read_samples(get(app, "/metrics").body) if "rollout" in name]

    start = datetime(2026, 1, 1, tzinfo=UTC)
    plan = Plan("0badcafe", "7", "production", "ann", "", start, Limits(), deadline_s=60)
    registry.tags["baton.rollout.canary"] = Record.create(plan, "3").pause("by ann").to_text()
    registry.add("3")
    registry.alias = "3"
    core.watcher.poll()
    samples = read_samples(get(app, "/metrics").body)
    assert samples['baton_rollout_info{phase="paused",version="7"}'] == 1
    deadline = samples['baton_rollout_deadline_timestamp_seconds{version="7"}']
    assert deadline == start.timestamp() + 60
