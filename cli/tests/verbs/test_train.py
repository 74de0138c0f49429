import signal
from dataclasses import dataclass, field
from importlib import import_module

import pytest

from baton_cli.main import run
from baton_cli.stopping import NUMBERS, Deferral, raise_terminated
from baton_cli.training.options import Order
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS

verb = import_module("baton_cli.verbs.train")


@dataclass
class Trained:
    """The trainer's answer."""

    version: str = "2"
    gate: str = "passed"
    metrics: dict[str, float] = field(default_factory=lambda: {"test_roc_auc": 0.84})

    @property
    def gate_passed(self) -> bool:
        return self.gate == "passed"


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    return train_gives(monkeypatch, Trained())


def train_gives(monkeypatch: pytest.MonkeyPatch, answer: Trained) -> list[Order]:
    """Puts a trainer in place that always gives this answer; what it was asked for is listed."""
    orders: list[Order] = []

    def training(order: Order, _: Deferral) -> Trained:
        orders.append(order)
        return answer

    monkeypatch.setattr(verb, "run_training", training)
    return orders


def test_the_version_is_all_that_stdout_gets(
    orders: list[Order], capsys: pytest.CaptureFixture[str]
) -> None:
    """`version=$(baton train)` works; a person reads the rest on stderr."""
    assert run(["train"]) == 0
    assert capsys.readouterr() == ("2\n", "churn_model version 2: gate passed, ROC AUC 0.8400\n")
    assert orders == [Order()]


def test_options_reach_the_trainer(orders: list[Order]) -> None:
    """Parameters as they are written; of one that is given twice the last counts."""
    arguments = ["--estimator", "random_forest", "--target", "y"]
    arguments += ["--param", "max_depth=3", "--param", "C=a=b", "--param", "max_depth=4"]
    arguments += ["--search", "20", "--seed", "7"]
    assert run(["train", *arguments]) == 0
    params = {"max_depth": "4", "C": "a=b"}
    (order,) = orders
    assert order.given == {
        "columns": {"target": "y"},
        "train": {"estimator": "random_forest", "params": params, "search": 20, "seed": 7},
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["--param", "C"],
        ["--param", "=1"],
        ["--estimator", "oracle"],
        ["--search", "-1"],
        ["--seed", "-1"],
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(arguments: list[str], orders: list[Order]) -> None:
    """Nothing is trained then."""
    assert run(["train", *arguments]) == 2
    assert orders == []


def test_promotes_what_passed(
    registry: Registry, orders: list[Order], capsys: pytest.CaptureFixture[str]
) -> None:
    """`--promote` moves the alias; the version stays the last line of stdout."""
    assert run(["train", "--promote"]) == 0
    assert registry.aliases == {ALIAS: "2"}
    assert capsys.readouterr().out == "2\n"


def test_a_failed_gate_is_told_and_no_failure(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version is registered: that is what was asked for."""
    train_gives(monkeypatch, Trained(gate="failed: worse"))
    assert run(["train"]) == 0
    out, err = capsys.readouterr()
    assert out == "2\n"
    assert "gate failed: worse" in err


def test_a_failed_gate_is_a_failure_with_promote(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alias stays, and the last line says why."""
    train_gives(monkeypatch, Trained(gate="failed: worse"))
    assert run(["train", "--promote"]) == 1
    out, err = capsys.readouterr()
    assert out == "2\n"
    assert err.splitlines()[-1].startswith(
        "baton: version 2 is registered and not promoted: its gate failed: worse; see"
    )
    assert registry.aliases == {}


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_during_the_registration_waits_until_the_number_is_told(
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
) -> None:
    """The version is there and whoever asked for it knows; production does not move any more."""

    def training(_: Order, deferral: Deferral) -> Trained:
        deferral.begin()
        signal.raise_signal(number)
        return Trained()

    monkeypatch.setattr(verb, "run_training", training)
    before = signal.signal(signal.SIGTERM, raise_terminated)
    try:
        assert run(["train", "--promote"]) == 128 + number
    finally:
        signal.signal(signal.SIGTERM, before)
    out, err = capsys.readouterr()
    assert out == "2\n"
    told = {signal.SIGINT: "baton: stopped", signal.SIGTERM: "baton: ended by SIGTERM"}
    assert err.splitlines()[-1] == told[number]
    assert registry.aliases == {}
