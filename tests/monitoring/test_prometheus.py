"""The alerts and the dashboard, with a real Prometheus that scrapes a real process."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from baton_common.api_keys import Scope, generate_key
from baton_registry.versions.model_version import ModelVersion
from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk, register
from tests.support.rig.inference import Inference
from tests.support.rig.process import LOCAL, Process, find_free_port, is_ok, wait_until

MONITORING = Path(__file__).parent.parent.parent / "infra" / "monitoring"
DASHBOARD = json.loads((MONITORING / "grafana-dashboard.json").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))
QUERIES = [
    target["expr"].replace("$__rate_interval", "1m")
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
]
LIMIT_S = 60.0


def find_program(name: str) -> str:
    """Finds a program, or skips the test."""
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed; .ci/run installs it")
        pytest.skip(f"{name} is not installed (Debian package prometheus)")
    return path


def run_promtool(*arguments: str, stdin: str = "") -> None:
    done = subprocess.run(
        [find_program("promtool"), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Prometheus(Process):
    """A Prometheus with the shipped rules that scrapes one process with the key in `api_key`."""

    def __init__(self, folder: Path, inference: Inference) -> None:
        self.url = f"http://{LOCAL}:{find_free_port()}"
        config = yaml.safe_load((MONITORING / "prometheus.yml").read_text(encoding="utf-8"))
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(MONITORING / "alerts.yml")]
        [job] = config["scrape_configs"]
        assert job["authorization"] == {"credentials_file": "operations/api_key"}
        job["authorization"] = {"credentials_file": str(folder / "api_key")}
        del job["dns_sd_configs"]
        job["static_configs"] = [{"targets": [inference.url.removeprefix("http://")]}]
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(config))
        command = [find_program("prometheus"), f"--config.file={file}"]
        command += [f"--storage.tsdb.path={folder / 'data'}"]
        command += [f"--web.listen-address={self.url.removeprefix('http://')}"]
        super().__init__(command, {}, folder / "prometheus.log")

    def query(self, expr: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": expr}, timeout=10)
        result: list[dict[str, Any]] = answer.raise_for_status().json()["data"]["result"]
        return result

    def list_firing(self) -> set[str]:
        answer = httpx.get(f"{self.url}/api/v1/alerts", timeout=10).raise_for_status().json()
        alerts = answer["data"]["alerts"]
        return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}


@dataclass
class Scene:
    """A process after a swap and a failed load, and its Prometheus."""

    prometheus: Prometheus
    inference: Inference


@pytest.fixture(scope="module")
def scene(
    trained_versions: list[ModelVersion], tmp_path_factory: pytest.TempPathFactory, tracking: Any
) -> Iterator[Scene]:
    """A process with API keys that served versions 1 and 2, then failed to load a third.

    Version 1 is its canary.
    """
    folder = tmp_path_factory.mktemp("prometheus")
    scraper, scraper_key = generate_key("prometheus", [Scope.OPERATIONS])
    caller, caller_key = generate_key("caller", Scope)
    (folder / "api_key").write_text(scraper)
    (folder / "keys").write_text(f"{scraper_key.line}\n{caller_key.line}\n")
    desk = Desk(tracking.uri, "monitored", folder)
    for version in trained_versions:
        register(desk, version)
    broken = register(desk, trained_versions[0], **{"baton.manifest": "0" * 64})
    desk.baton("promote", "1")
    with (
        desk.serve(
            BATON_API_KEYS_FILE=str(folder / "keys"),
            BATON_PREDICTIONS_DIR=str(folder / "predictions"),
        ) as inference,
        desk.registry as registry,
    ):
        inference.http.headers["X-API-Key"] = caller
        inference.wait_until_serving("1")
        prometheus = Prometheus(folder, inference)
        prometheus.start()
        try:
            wait_until(lambda: is_ok(f"{prometheus.url}/-/ready"), LIMIT_S, prometheus.log_tail)
            send_until_scraped(prometheus, inference, "1")
            registry.set_alias(desk.model, "production", "2")
            inference.wait_until_serving("2")
            registry.set_alias(desk.model, "canary", "1")
            send_until_scraped(prometheus, inference, "2")
            registry.set_alias(desk.model, "production", broken)
            yield Scene(prometheus, inference)
        finally:
            prometheus.stop()


def send_until_scraped(prometheus: Prometheus, inference: Inference, version: str) -> None:
    """Sends requests until Prometheus has their rate."""

    def has_rate() -> bool:
        inference.predict([CUSTOMER])
        inference.http.post("/predict", content=b"{")
        rate = f'rate(baton_requests_total{{model_version="{version}", code="200"}}[1m]) > 0'
        return bool(prometheus.query(rate))

    wait_until(has_rate, LIMIT_S, f"a rate of version {version}")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "alerts.yml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool(arguments: tuple[str, str, str]) -> None:
    """Prometheus accepts the configuration and the rules, and the tests of the rules pass."""
    run_promtool(*arguments[:2], str(MONITORING / arguments[2]))


def test_every_alert_has_a_test_with_and_without_firing() -> None:
    """Each alert fires in one test, and does not fire in another."""
    tests = yaml.safe_load((MONITORING / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    fires = {case["alertname"] for case in cases if case.get("exp_alerts")}
    rests = {case["alertname"] for case in cases if not case.get("exp_alerts")}
    names = {rule["alert"] for group in ALERTS["groups"] for rule in group["rules"]}
    assert fires == rests == names


def test_live_metrics_are_well_formed(scene: Scene) -> None:
    """The metrics of a process pass promtool's linter."""
    run_promtool("check", "metrics", stdin=scene.inference.http.get("/metrics").text)


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_of_the_dashboard_has_data(scene: Scene, query: str) -> None:
    """After traffic and a swap, no panel is empty."""
    wait_until(lambda: bool(scene.prometheus.query(query)), LIMIT_S, query)


def test_failed_load_fires_an_alert(scene: Scene) -> None:
    """The shipped rule fires in a running Prometheus."""
    wait_until(lambda: "BatonSwapFailed" in scene.prometheus.list_firing(), LIMIT_S, "it fires")
    assert "BatonDown" not in scene.prometheus.list_firing()
