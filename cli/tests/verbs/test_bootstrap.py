import signal
from importlib import import_module

import httpx
import pytest

from baton_cli.errors import CommandFailed
from baton_cli.main import run
from baton_cli.stopping import Deferral
from baton_cli.training.options import TrainOptions
from baton_registry.errors import RegistryUnavailable
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS, MODEL, build_mlmodel

verb = import_module("baton_cli.verbs.bootstrap")


class Trained:
    version = "1"


@pytest.fixture
def empty(registry: Registry) -> Registry:
    registry.versions.clear()
    return registry


@pytest.fixture
def training_runs(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> list[TrainOptions]:
    """The options of each training run; a fake trainer registers version 1."""
    training_runs: list[TrainOptions] = []

    def train(options: TrainOptions, _: Deferral) -> Trained:
        training_runs.append(options)
        registry.add("1", MLmodel=build_mlmodel(("tenure", "long", True)))
        return Trained()

    monkeypatch.setattr(verb, "run_training", train)
    return training_runs


def test_first_version_is_trained_and_promoted(
    empty: Registry, training_runs: list[TrainOptions], capsys: pytest.CaptureFixture[str]
) -> None:
    """The registry is empty."""
    assert run(["bootstrap", "--target", "y"]) == 0
    assert training_runs == [TrainOptions(values={"columns": {"target": "y"}})]
    assert empty.aliases == {ALIAS: "1"}
    assert capsys.readouterr().out == "churn_model@production now points to version 1\n"


def test_existing_version_needs_no_training(
    registry: Registry, training_runs: list[TrainOptions], capsys: pytest.CaptureFixture[str]
) -> None:
    """E.g. at later starts."""
    registry.aliases[ALIAS] = "2"
    assert run(["bootstrap"]) == 0
    assert training_runs == []
    assert (
        capsys.readouterr().err == "churn_model@production points to version 2; nothing to train\n"
    )


def test_ctrl_c_during_the_registration_waits_for_the_promotion(
    empty: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next start finds the version and does not set the alias."""

    def train(_: TrainOptions, deferral: Deferral) -> Trained:
        deferral.begin()
        signal.raise_signal(signal.SIGINT)
        empty.add("1", MLmodel=build_mlmodel(("tenure", "long", True)))
        return Trained()

    monkeypatch.setattr(verb, "run_training", train)
    assert run(["bootstrap"]) == 130
    assert empty.aliases == {ALIAS: "1"}
    assert capsys.readouterr().err.splitlines()[-1] == "baton: stopped"


def test_unset_alias_is_not_changed(
    registry: Registry, training_runs: list[TrainOptions], capsys: pytest.CaptureFixture[str]
) -> None:
    """A user may have removed it on purpose."""
    assert run(["bootstrap"]) == 0
    assert (training_runs, registry.aliases) == ([], {})
    assert capsys.readouterr().err.startswith(
        "warning: churn_model@production is not set; run: baton promote"
    )


def test_missing_tracking_server_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0: inference waits for this command and can serve from its cache."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert run(["bootstrap", "--wait-registry", "0.01"]) == 0
    err = capsys.readouterr().err
    assert err.startswith("warning: cannot check for a first version: no answer from the")
    assert err.count("\n") == 1


def test_failed_training_is_a_failure(
    empty: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason is the last line."""

    def fail(_: TrainOptions, __: Deferral) -> Trained:
        raise CommandFailed("t.csv: no rows below the header; at least 50 are needed")

    monkeypatch.setattr(verb, "run_training", fail)
    assert run(["bootstrap"]) == 1
    assert (
        capsys.readouterr().err
        == "baton: t.csv: no rows below the header; at least 50 are needed\n"
    )
    assert empty.aliases == {}


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """The webhook secret, as inference has it."""
    monkeypatch.setenv("BATON_WEBHOOK_SECRET", "shh")
    monkeypatch.setenv("BATON_INFERENCE_URL", "http://inference:8000")
    return "shh"


def test_webhook_is_ensured_before_the_training(
    empty: Registry, training_runs: list[TrainOptions], secret: str
) -> None:
    """It exists even if training fails."""
    empty.fail_on.add(("POST", "registered-models/alias"))
    assert run(["bootstrap"]) == 1
    [webhook] = empty.webhooks.values()
    assert (webhook["url"], webhook["secret"]) == ("http://inference:8000/webhooks/mlflow", secret)


def test_failed_webhook_is_a_warning(
    registry: Registry,
    training_runs: list[TrainOptions],
    secret: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Inference polls anyway."""
    registry.aliases[ALIAS] = "2"
    registry.fail_on.add(("GET", "webhooks"))
    assert run(["bootstrap"]) == 0
    warning, last = capsys.readouterr().err.splitlines()
    assert warning.startswith("warning: no webhook, inference only polls: ")
    assert secret not in warning
    assert last.endswith("nothing to train")


def test_without_a_secret_there_is_no_webhook(registry: Registry) -> None:
    """That is not an error."""
    assert run(["bootstrap"]) == 0
    assert registry.webhooks == {}


class SlowRegistry(Registry):
    """Answers 503 to the first `failures` requests."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.failures -= 1
        return httpx.Response(503) if self.failures >= 0 else super().handle_request(request)


def test_polls_until_the_registry_answers() -> None:
    """A tracking server takes time to start."""
    times = iter(range(100))
    registry = SlowRegistry(failures=3)
    registry.add("1")
    result = verb.has_versions(
        registry.client(), MODEL, 10, clock=lambda: next(times), sleep=lambda _: None
    )
    assert result is True


def test_poll_ends_at_the_timeout() -> None:
    """The registry's error is raised."""
    times = iter(range(100))
    with pytest.raises(RegistryUnavailable):
        verb.has_versions(
            SlowRegistry(failures=99).client(),
            MODEL,
            10,
            clock=lambda: next(times),
            sleep=lambda _: None,
        )
    assert next(times) == 11
