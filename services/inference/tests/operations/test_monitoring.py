"""What the page shows of live quality and drift."""

from baton_inference.lifecycle.monitoring import Monitoring
from baton_inference.operations.monitoring import (
    MAX_TEXT,
    MAX_VERSIONS,
    DriftView,
    MonitoringView,
    QualityRow,
    describe_monitoring,
)
from baton_registry.versions.monitoring_tags import (
    DriftTag,
    QualityTag,
    VersionQuality,
    WorstColumn,
)

AT = "2026-11-30T10:00:00.000Z"


def measure(**values: object) -> VersionQuality:
    return VersionQuality.model_validate(
        {"rows": 900, "labelled": 300, "metric": "roc_auc", **values}
    )


def show(monitoring: Monitoring) -> MonitoringView:
    view = describe_monitoring(monitoring)
    assert view is not None
    return view


def show_row(quality: VersionQuality) -> QualityRow:
    (row,) = show(Monitoring(quality=QualityTag(at=AT, versions={"3": quality}))).quality
    return row


def show_drift(worst: WorstColumn | None) -> DriftView:
    tag = DriftTag(
        at=AT, version="3", rows=400, drifted=1, columns=20, worst=worst, message="1 of 20"
    )
    drift = show(Monitoring(drift=tag)).drift
    assert drift is not None
    return drift


def test_nothing_is_shown_before_anything_was_logged() -> None:
    assert describe_monitoring(Monitoring()) is None


def test_quality_beside_the_training() -> None:
    row = show_row(measure(value=0.8123, low=0.78, high=0.84, training=0.85))
    assert (row.metric, row.live, row.interval) == ("ROC AUC", "0.8123", "0.78 to 0.84")
    assert (row.training, row.labelled, row.severity) == ("0.85", 300, "warning")


def test_quality_is_worse_only_if_the_whole_interval_is() -> None:
    """A greater RMSE is worse, and of another metric nothing is said."""
    assert show_row(measure(value=0.8, low=0.7, high=0.86, training=0.85)).severity == "good"
    errors = {"metric": "rmse", "value": 3.0, "low": 2.5, "high": 3.5}
    assert show_row(measure(**errors, training=2.0)).severity == "warning"
    assert show_row(measure(**errors, training=4.0)).severity == "good"


def test_quality_of_few_labels() -> None:
    row = show_row(measure())
    assert (row.live, row.interval, row.training, row.severity) == ("", "", "", "good")


def test_the_newest_versions_are_first() -> None:
    """And their number is limited."""
    versions = {str(number): measure() for number in range(1, 30)}
    rows = show(Monitoring(quality=QualityTag(at=AT, versions=versions))).quality
    assert [row.version for row in rows][:2] == ["29", "28"]
    assert len(rows) == MAX_VERSIONS


def test_drift_is_a_warning_if_it_is_large() -> None:
    """It is no proof of harm, so it is never more than that."""
    large = show_drift(WorstColumn(column="tenure", psi=0.431, level="large"))
    assert (large.worst, large.psi, large.severity) == ("tenure", "PSI 0.43, large", "warning")
    moderate = show_drift(WorstColumn(column="tenure", psi=0.12, level="moderate"))
    assert moderate.severity == "busy"
    none = show_drift(None)
    assert (none.worst, none.severity) == (None, "good")


def test_texts_of_the_registry_are_limited() -> None:
    assert len(show_drift(WorstColumn(column="x" * 3_000, psi=1, level="large")).worst or "") == (
        MAX_TEXT
    )


def test_tags_that_cannot_be_read_are_one_note() -> None:
    view = show(Monitoring(problems=("the tag a is x", "the tag b is y")))
    (note,) = view.notes
    assert note.text == "The tag a is x; the tag b is y."
