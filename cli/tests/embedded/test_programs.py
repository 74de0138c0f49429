import socket
from dataclasses import replace
from pathlib import Path

import pytest

from baton_cli.embedded import programs
from baton_cli.embedded.home import Home
from baton_cli.embedded.programs import Plan

PLAN = Plan(Home(Path("/h")), "127.0.0.1", port=8001, tracking_port=5001)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A plan whose home has its secrets."""
    with (home := Home(tmp_path)).lock():
        return replace(PLAN, home=home)


def test_children_use_the_embedded_tracking_server(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the shell sets."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere")
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", "http://elsewhere")
    for program in (
        programs.build_tracking(plan),
        programs.build_inference(plan),
        programs.build_bootstrap(plan),
    ):
        assert program.environment["MLFLOW_TRACKING_URI"] == "http://127.0.0.1:5001"
        assert program.environment["MLFLOW_REGISTRY_URI"] == "http://127.0.0.1:5001"


def test_tracking_server_keeps_everything_in_the_home(plan: Plan) -> None:
    """It serves the artifacts itself, on this machine only."""
    command = " ".join(programs.build_tracking(plan).command)
    assert f"--backend-store-uri sqlite:///{plan.home.database}" in command
    assert f"--serve-artifacts --artifacts-destination {plan.home.artifacts}" in command
    assert "--host 127.0.0.1 --port 5001" in command


def test_inference_keeps_its_cache_in_the_home_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`BATON_CACHE_DIR` overrides the folder; `BATON_PORT` does not override the port."""
    assert programs.build_inference(PLAN).environment["BATON_CACHE_DIR"] == "/h/cache"
    assert programs.build_inference(PLAN).environment["BATON_PORT"] == "8001"
    monkeypatch.setenv("BATON_CACHE_DIR", "/fast")
    assert programs.build_inference(PLAN).environment["BATON_CACHE_DIR"] == "/fast"


def test_bootstrap_gets_the_training_options() -> None:
    """File and target column are passed on."""
    training = ("--data", "t.csv", "--target", "y")
    command = programs.build_bootstrap(replace(PLAN, training=training)).command
    assert command[-5:] == ("bootstrap", "--data", "t.csv", "--target", "y")
    assert programs.build_bootstrap(PLAN).command[-1] == "bootstrap"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8001"),
        ("0.0.0.0", "http://127.0.0.1:8001"),
        ("::", "http://127.0.0.1:8001"),
        ("::1", "http://[::1]:8001"),
        ("box", "http://box:8001"),
    ],
)
def test_inference_url_works_on_this_machine(host: str, url: str) -> None:
    """0.0.0.0 and :: are not addresses for a client."""
    assert replace(PLAN, host=host).inference_url == url


def test_inference_url_is_ipv6_without_dual_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """`::` then excludes IPv4."""
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    assert replace(PLAN, host="::").inference_url == "http://[::1]:8001"


def test_children_use_no_proxy_for_inference() -> None:
    """The tracking server sends webhooks directly."""
    environment = programs.build_inference(replace(PLAN, host="192.0.2.7")).environment
    assert "192.0.2.7" in environment["NO_PROXY"].split(",")


def test_webhook_secret_is_in_the_home(plan: Plan) -> None:
    """Bootstrap and inference read the same file. The registry has its own key."""
    file = str(plan.home.webhook_secret)
    for program in (programs.build_bootstrap(plan), programs.build_inference(plan)):
        assert program.environment["BATON_WEBHOOK_SECRET_FILE"] == file
    tracking = programs.build_tracking(plan).environment
    assert tracking["MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"] == plan.home.webhook_key.read_text()


def test_webhook_goes_to_the_embedded_inference(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the shell sets."""
    monkeypatch.setenv("BATON_INFERENCE_URL", "http://elsewhere")
    environment = programs.build_bootstrap(plan).environment
    assert environment["BATON_INFERENCE_URL"] == plan.inference_url
