"""`baton quality`: its options, and the rollback. The trainer measures; here it is a report."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from baton_cli.main import run
from baton_trainer.monitoring.quality.pairs.losses import judge_losses
from baton_trainer.monitoring.quality.report import LabelCounts, PairedQuality, QualityReport
from baton_trainer.monitoring.quality.request import QualityRequest
from baton_trainer.settings import TrainerSettings
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS

Measure = Callable[..., list[QualityRequest]]

measuring = import_module("baton_trainer.monitoring.quality.measuring")
WORSE = judge_losses(np.full(200, 0.2))
SAME = judge_losses(np.zeros(200))


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch) -> Measure:
    """Replaces the measurement by a report; returns the requests that it gets."""

    def install(paired: PairedQuality | None, unknown: int = 0) -> list[QualityRequest]:
        requests: list[QualityRequest] = []

        def measure_quality(
            request: QualityRequest, settings: TrainerSettings, progress: Any
        ) -> QualityReport:
            requests.append(request)
            counts = LabelCounts(0, 0, 0, 0, 0, 0, unknown)
            return QualityReport(settings.model_name, request, counts, (), "2", paired, ())

        monkeypatch.setattr(measuring, "measure_quality", measure_quality)
        return requests

    return install


def compare(losses: Any) -> PairedQuality:
    return PairedQuality("2", "1", rows=200, losses=losses)


def test_options_reach_the_trainer(
    measure: Measure, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The place is that of the setting if it is not given."""
    requests = measure(None)
    monkeypatch.setenv("BATON_PREDICTIONS_DIR", "/log")
    assert run(["quality", "--since", "30d", "--ripe", "12h", "--silence", "No"]) == 0
    assert run(["quality", "--from", "s3://bucket/log", "--trust", "crm", "--trust", "b"]) == 0
    assert run(["quality", "--model", "other", "--json", "--rollback"]) == 0
    one, two, three = requests
    assert (str(one.location), one.since_s, one.ripe_s) == ("/log", 2_592_000, 43_200)
    assert (one.silence, one.trusted) == ("No", None)
    assert (str(two.location), two.trusted) == ("s3://bucket/log", frozenset({"crm", "b"}))
    assert three.trusted == frozenset()
    out = capsys.readouterr().out
    assert json.loads(out[out.index("{") :])["model_name"] == "other"


@pytest.mark.parametrize(
    "arguments",
    [
        [],  # no place
        ["--from", "/log", "--since", "1d", "--ripe", "1d"],
        ["--from", "/log", "--silence", "No"],
        ["--from", "s3://user:secret@bucket"],
    ],
)
def test_options_that_do_not_fit_are_usage_errors(
    measure: Measure, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    requests = measure(None)
    assert run(["quality", *arguments]) == 2
    assert not requests
    assert "secret" not in capsys.readouterr().err


def test_rollback_moves_the_alias_if_production_is_worse(
    registry: Registry, measure: Measure, capsys: pytest.CaptureFixture[str]
) -> None:
    """To the version before; the reason is in the history."""
    for version in "12":
        run(["promote", version])
    measure(compare(WORSE))
    capsys.readouterr()
    assert run(["quality", "--from", "/log", "--rollback", "--json"]) == 0
    captured = capsys.readouterr()
    assert registry.aliases == {ALIAS: "1"}
    assert json.loads(captured.out)["rollback"]["done"] is True
    assert captured.err.endswith("moved from version 2 to 1\n")
    run(["history", "--json"])
    last = json.loads(capsys.readouterr().out)[-1]
    assert last["how"] == "rollback"
    assert last["reason"].startswith("evidence that version 2 is worse than version 1: ")


@pytest.mark.parametrize(
    ("paired", "why"),
    [
        (None, "no version in production before version 2"),
        (compare(None), "are not compared"),
        (compare(SAME), "125 : 1 is needed"),
        (compare(judge_losses(np.ones(19))), "too few"),
    ],
)
def test_without_evidence_nothing_moves(
    paired: PairedQuality | None,
    why: str,
    registry: Registry,
    measure: Measure,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says why not, and that is no failure."""
    for version in "12":
        run(["promote", version])
    measure(paired)
    assert run(["quality", "--from", "/log", "--rollback"]) == 0
    assert registry.aliases == {ALIAS: "2"}
    assert why in capsys.readouterr().out


def test_untrusted_labels_cannot_choose_the_silent_rows(
    registry: Registry, measure: Measure, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence on the rows that they leave moves nothing."""
    for version in "12":
        run(["promote", version])
    measure(compare(WORSE), unknown=3)
    capsys.readouterr()
    arguments = ["--from", "/log", "--ripe", "30d", "--silence", "No", "--rollback", "--json"]
    assert run(["quality", *arguments]) == 0
    assert registry.aliases == {ALIAS: "2"}
    captured = capsys.readouterr()
    rollback = json.loads(captured.out)["rollback"]
    assert rollback["done"] is False
    assert "labels that are not trusted name 3 of the rows" in rollback["why"]
    assert captured.err.endswith(f"no rollback: {rollback['why']}\n")


def test_evidence_alone_moves_nothing(registry: Registry, measure: Measure) -> None:
    """Without --rollback."""
    for version in "12":
        run(["promote", version])
    measure(compare(WORSE))
    assert run(["quality", "--from", "/log"]) == 0
    assert registry.aliases == {ALIAS: "2"}


def test_alias_that_has_moved_is_left_alone(
    registry: Registry, measure: Measure, capsys: pytest.CaptureFixture[str]
) -> None:
    """The evidence is about another version than the one in production now."""
    run(["promote", "1"])
    measure(compare(WORSE))
    assert run(["quality", "--from", "/log", "--rollback"]) == 1
    assert registry.aliases == {ALIAS: "1"}
    assert "nothing was changed" in capsys.readouterr().err
