import signal
from importlib import import_module

import httpx
import pytest

from baton_cli.errors import CommandFailed
from baton_cli.main import run
from baton_cli.stopping import Deferral
from baton_cli.training.options import Order
from baton_registry.errors import RegistryUnavailable
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS, MODEL, mlmodel

verb = import_module("baton_cli.verbs.bootstrap")


class Trained:
    version = "1"


@pytest.fixture
def empty(registry: Registry) -> Registry:
    registry.versions.clear()
    return registry


@pytest.fixture
def orders(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """A trainer that registers version 1 of each order."""
    orders: list[Order] = []

    def training(order: Order, _: Deferral) -> Trained:
        orders.append(order)
        registry.add("1", MLmodel=mlmodel(("tenure", "long", True)))
        return Trained()

    monkeypatch.setattr(verb, "run_training", training)
    return orders


def test_trains_and_promotes_the_first_version(
    empty: Registry, orders: list[Order], capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty registry has a version in production afterwards."""
    assert run(["bootstrap", "--target", "y"]) == 0
    assert orders == [Order(given={"columns": {"target": "y"}})]
    assert empty.aliases == {ALIAS: "1"}
    assert capsys.readouterr().out == "churn_model@production is set to version 1\n"


def test_does_nothing_where_there_is_a_version(
    registry: Registry, orders: list[Order], capsys: pytest.CaptureFixture[str]
) -> None:
    """Later starts train nothing."""
    registry.aliases[ALIAS] = "2"
    assert run(["bootstrap"]) == 0
    assert orders == []
    assert capsys.readouterr().err == "churn_model@production is on version 2; nothing to train\n"


def test_ctrl_c_during_the_registration_waits_for_the_promotion(
    empty: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next start would find a version, and leave the alias as it is: not set."""

    def training(_: Order, deferral: Deferral) -> Trained:
        deferral.begin()
        signal.raise_signal(signal.SIGINT)
        empty.add("1", MLmodel=mlmodel(("tenure", "long", True)))
        return Trained()

    monkeypatch.setattr(verb, "run_training", training)
    assert run(["bootstrap"]) == 130
    assert empty.aliases == {ALIAS: "1"}
    assert capsys.readouterr().err.splitlines()[-1] == "baton: stopped"


def test_leaves_an_alias_that_is_not_set(
    registry: Registry, orders: list[Order], capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody may have removed it on purpose."""
    assert run(["bootstrap"]) == 0
    assert (orders, registry.aliases) == ([], {})
    assert capsys.readouterr().err.startswith("warning: churn_model@production is not set; set it")


def test_warns_where_the_tracking_server_stays_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0: what depends on the one-shot serves from its cache."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert run(["bootstrap", "--wait-registry", "0.01"]) == 0
    err = capsys.readouterr().err
    assert err.startswith("warning: whether there is a version is unknown: no answer from the")
    assert err.count("\n") == 1


def test_a_training_that_fails_is_a_failure(
    empty: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no version to serve, and the reason is the last line."""

    def failing(_: Order, __: Deferral) -> Trained:
        raise CommandFailed("t.csv: 2 usable rows; at least 50 are needed")

    monkeypatch.setattr(verb, "run_training", failing)
    assert run(["bootstrap"]) == 1
    assert capsys.readouterr().err == "baton: t.csv: 2 usable rows; at least 50 are needed\n"
    assert empty.aliases == {}


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """The secret that inference knows too."""
    monkeypatch.setenv("BATON_WEBHOOK_SECRET", "shh")
    monkeypatch.setenv("BATON_INFERENCE_URL", "http://inference:8000")
    return "shh"


def test_ensures_the_webhook_before_the_first_version(
    empty: Registry, orders: list[Order], secret: str
) -> None:
    """A training that fails leaves the webhook for the next one that does not."""
    empty.fail_on.add(("POST", "registered-models/alias"))
    assert run(["bootstrap"]) == 1
    [webhook] = empty.webhooks.values()
    assert (webhook["url"], webhook["secret"]) == ("http://inference:8000/webhooks/mlflow", secret)


def test_goes_on_without_a_webhook(
    registry: Registry, orders: list[Order], secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A registry that takes none is a warning: polling goes on."""
    registry.aliases[ALIAS] = "2"
    registry.fail_on.add(("GET", "webhooks"))
    assert run(["bootstrap"]) == 0
    warning, last = capsys.readouterr().err.splitlines()
    assert warning.startswith("warning: no webhook, so moves of the alias are seen by polling: ")
    assert secret not in warning
    assert last.endswith("nothing to train")


def test_without_a_secret_there_is_no_webhook(registry: Registry) -> None:
    """Nothing is said of it either: nobody asked for one."""
    assert run(["bootstrap"]) == 0
    assert registry.webhooks == {}


class Waking(Registry):
    """Does not answer before it was asked `sleeps` times."""

    def __init__(self, sleeps: int) -> None:
        super().__init__()
        self.sleeps = sleeps

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sleeps -= 1
        return httpx.Response(503) if self.sleeps >= 0 else super().handle_request(request)


def test_asks_until_the_registry_answers() -> None:
    """A tracking server takes its time to start."""
    times = iter(range(100))
    registry = Waking(sleeps=3)
    registry.add("1")
    found = verb.wait_for_versions(
        registry.client(), MODEL, 10, clock=lambda: next(times), sleep=lambda _: None
    )
    assert found is True


def test_asks_for_a_bounded_time() -> None:
    """Then the registry's own error says why."""
    times = iter(range(100))
    with pytest.raises(RegistryUnavailable):
        verb.wait_for_versions(
            Waking(sleeps=99).client(), MODEL, 10, clock=lambda: next(times), sleep=lambda _: None
        )
    assert next(times) == 11
