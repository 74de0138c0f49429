"""What a reader of live quality should know."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from baton_trainer.monitoring.quality.joined_rows import JoinedRows, VersionRows
from baton_trainer.monitoring.quality.measures import Figure
from baton_trainer.monitoring.quality.notes import list_notes
from baton_trainer.monitoring.quality.report import VersionQuality
from baton_trainer.monitoring.quality.request import QualityRequest
from tests.support.trainer.prediction_log import NOON

REQUEST = QualityRequest("log", NOON, ripe_s=60.0, silence="No")


def list_lines(version: VersionQuality, **rows: Any) -> list[str]:
    return [*list_notes(REQUEST, join(**rows), [version])]


def join(**rows: Any) -> JoinedRows:
    usual: dict[str, Any] = {
        "rows": 9, "ripe": 9, "labelled": 9, "unknown": 0, "oldest": NOON - timedelta(days=9),
        "least_sampling": 1.0,
    }  # fmt: skip
    logged = VersionRows("2", **{**usual, **rows}, frame=pd.DataFrame())
    return JoinedRows({"2": logged}, 0, 0, 0)


def make_version(used: int = 9, other_truths: int = 0) -> VersionQuality:
    figures = {"brier": Figure(0.1)}
    return VersionQuality("2", 9, 9, 9, used=used, other_truths=other_truths, figures=figures)


def test_usual_measurement_has_no_notes() -> None:
    assert list_lines(make_version()) == []


def test_rows_of_no_class_and_the_rows_that_count_are_shown() -> None:
    """A typing error in the labels leaves out rows."""
    assert list_lines(make_version(used=7, other_truths=2)) == [
        "labels that are no class of version 2, or no number: 2",
        "rows behind the figures of version 2: 7",
    ]


def test_silent_rows_are_rows_behind_the_figures() -> None:
    assert list_lines(make_version(used=4_000)) == ["rows behind the figures of version 2: 4,000"]


def test_unknown_rows_are_shown() -> None:
    [line] = list_lines(make_version(), unknown=1_234)
    assert line.startswith("rows with labels that are not trusted, and with no others: 1,234;")


@pytest.mark.parametrize(
    ("days", "ripe", "since", "warns"),
    [
        (30, timedelta(days=30), None, True),  # the default of BATON_PREDICTIONS_DAYS
        (30, timedelta(days=28), None, True),
        (30, timedelta(days=31), None, True),  # no row counts
        (30, timedelta(days=14), None, False),
        (90, timedelta(days=30), None, False),
        (30, timedelta(days=28), timedelta(days=30), False),  # so many were asked for
        (30, timedelta(days=30), timedelta(days=60), True),
        (1, timedelta(hours=1), None, False),  # a new log
    ],
)
def test_rows_that_leave_the_log_when_they_are_ripe_are_noted(
    days: int, ripe: timedelta, since: timedelta | None, *, warns: bool
) -> None:
    since_s = None if since is None else since.total_seconds()
    request = QualityRequest("log", NOON, since_s=since_s, ripe_s=ripe.total_seconds())
    oldest = NOON - timedelta(days=days)
    notes = [*list_notes(request, join(oldest=oldest), [make_version()])]
    assert len(notes) == warns
    assert all(f"the log begins on {oldest:%Y-%m-%d}" in each for each in notes)


def test_log_without_rows_has_no_oldest_one() -> None:
    request = QualityRequest("log", NOON, ripe_s=86400.0)
    assert [*list_notes(request, join(oldest=None), [])] == []
