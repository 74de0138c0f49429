"""`baton drift`: its options, output and exit codes, with a trainer that returns a report."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from baton_cli.main import run
from baton_trainer.monitoring.drift import check_drift
from baton_trainer.monitoring.drift.check_drift import DriftRequest
from baton_trainer.monitoring.drift.display import drift_run
from baton_trainer.monitoring.drift.drift_report import DriftReport
from baton_trainer.settings import TrainerSettings
from tests.support.trainer.drift import FLIPPED, SAME, make_report


class Trainer:
    """Returns a report, and records what it was asked for.

    Attributes:
        report: the report.
        requests: the requests, with the names of the models.
        logged: the reports that were logged.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.report = make_report(SAME)
        self.requests: list[tuple[str, DriftRequest]] = []
        self.logged: list[DriftReport] = []
        monkeypatch.setattr(check_drift, "check_drift", self._check)
        monkeypatch.setattr(drift_run, "log_report", self._log)

    def _check(self, request: DriftRequest, settings: TrainerSettings, _: object) -> DriftReport:
        self.requests.append((settings.model_name, request))
        return self.report

    def _log(self, report: DriftReport, _: TrainerSettings) -> None:
        self.logged.append(report)


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Trainer:
    """A trainer without a registry."""
    monkeypatch.delenv("BATON_PREDICTIONS_DIR", raising=False)
    return Trainer(monkeypatch)


def test_options_reach_the_trainer(trainer: Trainer) -> None:
    """Defaults are those of the environment."""
    arguments = ["--model", "m", "--version", "2", "--since", "12h", "--data", "t.csv"]
    assert run(["drift", "--from", "log", *arguments]) == 0
    ((model, request),) = trainer.requests
    assert (model, request.location, request.version) == ("m", Path("log"), "2")
    assert (request.since_s, request.data) == (12 * 3600.0, Path("t.csv"))
    assert trainer.logged == []


def test_query_reaches_the_trainer(trainer: Trainer) -> None:
    assert run(["drift", "--from", "log", "--data", "duckdb://", "--query", "SELECT 1"]) == 0
    ((_, request),) = trainer.requests
    assert (request.data, request.query) == ("duckdb://", "SELECT 1")


def test_defaults(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log that inference writes, the version of the alias, the last week."""
    monkeypatch.setenv("BATON_PREDICTIONS_DIR", "s3://bucket/log")
    assert run(["drift"]) == 0
    ((model, request),) = trainer.requests
    assert (model, request.location, request.version) == (
        "churn_model",
        "s3://bucket/log",
        "production",
    )
    assert (request.since_s, request.data) == (7 * 86400.0, None)


def test_without_a_log_it_is_a_usage_error(
    trainer: Trainer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["drift"]) == 2
    assert "BATON_PREDICTIONS_DIR" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("column", "options", "code"),
    [(SAME, [], 0), (SAME, ["--fail"], 0), (FLIPPED, [], 0), (FLIPPED, ["--fail"], 1)],
)
def test_only_fail_turns_a_drift_into_a_failure(
    trainer: Trainer,
    capsys: pytest.CaptureFixture[str],
    column: Any,
    options: list[str],
    code: int,
) -> None:
    """The report is printed all the same."""
    trainer.report = make_report(column)
    assert run(["drift", "--from", "log", "--json", *options]) == code
    output = capsys.readouterr()
    assert json.loads(output.out) == trainer.report.to_json()
    assert ("1 of 1 columns" in output.err) == bool(code)


def test_page_is_written_and_the_report_is_logged(trainer: Trainer, tmp_path: Path) -> None:
    page = tmp_path / "drift.html"
    assert run(["drift", "--from", "log", "--html", str(page), "--log"]) == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert trainer.logged == [trainer.report]


def test_verb_is_listed() -> None:
    assert "drift" in import_module("baton_cli.main").VERBS
