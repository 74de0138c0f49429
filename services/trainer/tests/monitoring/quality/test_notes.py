"""What a reader of live quality should know."""

from typing import Any

import pandas as pd

from baton_trainer.monitoring.quality.joined_rows import JoinedRows, VersionRows
from baton_trainer.monitoring.quality.measures import Figure
from baton_trainer.monitoring.quality.notes import list_notes
from baton_trainer.monitoring.quality.report import VersionQuality
from baton_trainer.monitoring.quality.request import QualityRequest
from tests.support.trainer.prediction_log import NOON

REQUEST = QualityRequest("log", NOON, ripe_s=60.0, silence="No")


def list_lines(version: VersionQuality, **rows: Any) -> list[str]:
    usual = {"rows": 9, "ripe": 9, "labelled": 9, "unknown": 0, "least_sampling": 1.0}
    logged = VersionRows("2", **{**usual, **rows}, frame=pd.DataFrame())
    return [*list_notes(REQUEST, JoinedRows({"2": logged}, 0, 0, 0), [version])]


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
