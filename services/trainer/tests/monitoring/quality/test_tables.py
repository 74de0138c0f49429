"""Live quality as text."""

import io
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from baton_trainer.monitoring.quality.pairs.losses import judge_losses
from baton_trainer.monitoring.quality.report import LabelCounts, PairedQuality, QualityReport
from baton_trainer.monitoring.quality.request import QualityRequest
from baton_trainer.monitoring.quality.tables import explain_no_rollback, render_quality
from tests.support.trainer.prediction_log import NOON

WORSE = judge_losses(np.full(200, 0.2))


def make_report(
    paired: PairedQuality | None = None, since_s: float | None = None, **counts: Any
) -> QualityReport:
    usual = {
        "received": 9, "untrusted": 0, "replaced": 0, "without_prediction": 0, "repeated": 0,
        "unripe": 0,
    }  # fmt: skip
    request = QualityRequest("log", NOON, since_s=since_s)
    labels = LabelCounts(**{**usual, **counts})
    return QualityReport("m", request, labels, (), "2", paired, ())


def render(report: QualityReport) -> str:
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(render_quality(report))
    return console.export_text()


@pytest.mark.parametrize(
    ("since_s", "reason"),
    [
        (None, "9; 3 of rows that the log does not have\n"),
        (60.0, "9; 3 of rows before --since, or not in the log\n"),
    ],
)
def test_labels_of_rows_that_were_not_read(since_s: float | None, reason: str) -> None:
    """With --since, their predictions may be in the log all the same."""
    assert reason in render(make_report(since_s=since_s, without_prediction=3))


def test_rejected_rows_are_shown() -> None:
    text = render(make_report(PairedQuality("2", "1", rows=200, rejected=1_234, losses=WORSE)))
    assert "rows that version 1 rejects, so not compared: 1,234" in text
    assert "rejects" not in render(make_report(PairedQuality("2", "1", rows=200, losses=WORSE)))


def test_rows_that_are_not_scored_are_shown() -> None:
    paired = PairedQuality(
        "2", "1", rows=200, cut=1_234, unscored=56, losses=WORSE, problem="it needs column 'x'"
    )
    text = " ".join(render(make_report(paired)).split())
    assert "rows with texts that the log may have cut, so not compared: 1,234" in text
    assert "version 1 cannot be compared on 56 rows: it needs column 'x'" in text


def test_unknown_rows_forbid_a_rollback() -> None:
    """However strong the evidence is."""
    paired = PairedQuality("2", "1", rows=200, losses=WORSE)
    assert make_report(paired).is_rollback_due
    report = make_report(paired, unknown=1)
    assert not report.is_rollback_due
    assert "labels that are not trusted name 1 of the rows" in explain_no_rollback(report)
