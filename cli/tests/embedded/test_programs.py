import socket
from dataclasses import replace
from pathlib import Path

import pytest

from baton_cli.embedded import programs
from baton_cli.embedded.home import Home
from baton_cli.embedded.programs import Plan

PLAN = Plan(Home(Path("/h")), "127.0.0.1", port=8001, tracking_port=5001)


@pytest.fixture
def at_home(tmp_path: Path) -> Plan:
    """A plan whose home has its secrets."""
    with (home := Home(tmp_path)).lock():
        return replace(PLAN, home=home)


def test_children_speak_to_our_tracking_server(
    at_home: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the user's shell says."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere")
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", "http://elsewhere")
    for program in (
        programs.tracking(at_home),
        programs.inference(at_home),
        programs.bootstrap(at_home),
    ):
        assert program.environment["MLFLOW_TRACKING_URI"] == "http://127.0.0.1:5001"
        assert program.environment["MLFLOW_REGISTRY_URI"] == "http://127.0.0.1:5001"


def test_the_tracking_server_keeps_everything_at_home(at_home: Plan) -> None:
    """Database and artifacts, which it serves itself, to this machine only."""
    command = " ".join(programs.tracking(at_home).command)
    assert f"--backend-store-uri sqlite:///{at_home.home.database}" in command
    assert f"--serve-artifacts --artifacts-destination {at_home.home.artifacts}" in command
    assert "--host 127.0.0.1 --port 5001" in command


def test_inference_keeps_its_cache_at_home_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`BATON_CACHE_DIR` is the user's to set, the port is ours."""
    assert programs.inference(PLAN).environment["BATON_CACHE_DIR"] == "/h/cache"
    assert programs.inference(PLAN).environment["BATON_PORT"] == "8001"
    monkeypatch.setenv("BATON_CACHE_DIR", "/fast")
    assert programs.inference(PLAN).environment["BATON_CACHE_DIR"] == "/fast"


def test_the_first_version_is_trained_on_the_users_data() -> None:
    """File and target column are passed on."""
    wanted = ("--data", "t.csv", "--target", "y")
    command = programs.bootstrap(replace(PLAN, training=wanted)).command
    assert command[-5:] == ("bootstrap", "--data", "t.csv", "--target", "y")
    assert programs.bootstrap(PLAN).command[-1] == "bootstrap"


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
def test_the_address_is_one_that_works_here(host: str, url: str) -> None:
    """To listen everywhere is no address to ask."""
    assert replace(PLAN, host=host).inference_url == url


def test_everywhere_without_ipv4_is_asked_by_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a socket cannot take both kinds, `::` is IPv6 alone."""
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    assert replace(PLAN, host="::").inference_url == "http://[::1]:8001"


def test_no_proxy_comes_before_inference() -> None:
    """The tracking server's webhooks go straight to the address that inference listens on."""
    environment = programs.inference(replace(PLAN, host="192.0.2.7")).environment
    assert "192.0.2.7" in environment["NO_PROXY"].split(",")


def test_the_webhook_is_signed_with_a_secret_of_the_home(at_home: Plan) -> None:
    """Whoever registers it and whoever takes it read one file; the registry gets its own key."""
    file = str(at_home.home.webhook_secret)
    for program in (programs.bootstrap(at_home), programs.inference(at_home)):
        assert program.environment["BATON_WEBHOOK_SECRET_FILE"] == file
    tracking = programs.tracking(at_home).environment
    assert tracking["MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"] == at_home.home.webhook_key.read_text()


def test_the_webhook_goes_to_our_inference(at_home: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the user's shell says."""
    monkeypatch.setenv("BATON_INFERENCE_URL", "http://elsewhere")
    environment = programs.bootstrap(at_home).environment
    assert environment["BATON_INFERENCE_URL"] == at_home.inference_url
