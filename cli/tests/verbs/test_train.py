import signal
from dataclasses import dataclass, field
from importlib import import_module

import pytest

from baton_cli.main import run
from baton_cli.stopping import NUMBERS, Deferral, raise_terminated
from baton_cli.training.options import TrainOptions
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS

verb = import_module("baton_cli.verbs.train")


@dataclass
class TrainResult:
    """The trainer's result."""

    version: str = "2"
    gate: str = "passed"
    metrics: dict[str, float] = field(default_factory=lambda: {"test_roc_auc": 0.84})

    @property
    def gate_passed(self) -> bool:
        return self.gate == "passed"


@pytest.fixture
def training_runs(monkeypatch: pytest.MonkeyPatch) -> list[TrainOptions]:
    return install_trainer(monkeypatch, TrainResult())


def install_trainer(monkeypatch: pytest.MonkeyPatch, answer: TrainResult) -> list[TrainOptions]:
    """Installs a fake trainer with this result; returns the options of each training run."""
    training_runs: list[TrainOptions] = []

    def train(options: TrainOptions, *_: object) -> TrainResult:
        training_runs.append(options)
        return answer

    monkeypatch.setattr(verb, "run_training", train)
    return training_runs


def test_stdout_has_only_the_version(
    training_runs: list[TrainOptions], capsys: pytest.CaptureFixture[str]
) -> None:
    """`version=$(baton train)` works."""
    assert run(["train"]) == 0
    assert capsys.readouterr() == ("2\n", "churn_model version 2: ROC AUC 0.8400, gate passed\n")
    assert training_runs == [TrainOptions()]


def test_options_reach_the_trainer(training_runs: list[TrainOptions]) -> None:
    """Parameters are passed as text; the last value of a parameter counts."""
    arguments = ["--estimator", "random_forest", "--target", "y"]
    arguments += ["--param", "max_depth=3", "--param", "C=a=b", "--param", "max_depth=4"]
    arguments += ["--search", "20", "--seed", "7"]
    assert run(["train", *arguments]) == 0
    params = {"max_depth": "4", "C": "a=b"}
    (options,) = training_runs
    assert options.values == {
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
def test_invalid_option_is_a_usage_error(
    arguments: list[str], training_runs: list[TrainOptions]
) -> None:
    """Nothing is trained."""
    assert run(["train", *arguments]) == 2
    assert training_runs == []


def test_promote_moves_the_alias(
    registry: Registry, training_runs: list[TrainOptions], capsys: pytest.CaptureFixture[str]
) -> None:
    """Stdout still has only the version."""
    assert run(["train", "--promote"]) == 0
    assert registry.aliases == {ALIAS: "2"}
    assert capsys.readouterr().out == "2\n"


def test_failed_gate_without_promote_has_exit_code_0(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version is registered."""
    install_trainer(monkeypatch, TrainResult(gate="failed: worse"))
    assert run(["train"]) == 0
    out, err = capsys.readouterr()
    assert out == "2\n"
    assert "gate failed: worse" in err


def test_failed_gate_with_promote_has_exit_code_1(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alias stays; the last line has the version and the command that promotes it."""
    install_trainer(monkeypatch, TrainResult(gate="failed: worse"))
    assert run(["train", "--promote"]) == 1
    out, err = capsys.readouterr()
    assert out == "2\n"
    assert err.splitlines()[-1] == (
        "baton: version 2 is registered but not promoted: its gate failed (see above); "
        "promote it with: baton promote 2 --force"
    )
    assert err.count("worse") == 1
    assert registry.aliases == {}


@pytest.mark.parametrize("number", NUMBERS)
def test_signal_during_the_registration_waits_for_the_version_number(
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
) -> None:
    """The number is printed; the alias is not moved."""

    def train(_: TrainOptions, deferral: Deferral, __: object) -> TrainResult:
        deferral.begin()
        signal.raise_signal(number)
        return TrainResult()

    monkeypatch.setattr(verb, "run_training", train)
    before = signal.signal(signal.SIGTERM, raise_terminated)
    try:
        assert run(["train", "--promote"]) == 128 + number
    finally:
        signal.signal(signal.SIGTERM, before)
    out, err = capsys.readouterr()
    assert out == "2\n"
    expected = {signal.SIGINT: "baton: stopped", signal.SIGTERM: "baton: ended by SIGTERM"}
    assert err.splitlines()[-1] == expected[number]
    assert registry.aliases == {}
