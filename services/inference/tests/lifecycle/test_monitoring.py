"""The tags with live quality and drift. Any client may write them."""

from baton_inference.lifecycle.monitoring import Monitoring, read_monitoring
from baton_registry.versions.monitoring_tags import DRIFT_TAG, QUALITY_TAG, DriftTag, QualityTag

DRIFT = DriftTag(at="2026-11-30T10:00:00.000Z", version="3", rows=400, drifted=0, columns=20)
QUALITY = QualityTag(at="2026-11-30T10:00:00.000Z", versions={})


def test_both_tags_are_read() -> None:
    tags = {QUALITY_TAG: QUALITY.to_text(), DRIFT_TAG: DRIFT.to_text(), "other": "{"}
    assert read_monitoring(tags) == Monitoring(QUALITY, DRIFT)


def test_no_tags_are_no_problem() -> None:
    assert read_monitoring({}) == Monitoring()
    assert read_monitoring({DRIFT_TAG: ""}) == Monitoring()


def test_a_tag_that_cannot_be_read_is_one_problem() -> None:
    """The other one is shown all the same."""
    monitoring = read_monitoring({QUALITY_TAG: QUALITY.to_text(), DRIFT_TAG: "x" * 100_000})
    assert (monitoring.quality, monitoring.drift) == (QUALITY, None)
    (problem,) = monitoring.problems
    assert problem.startswith("the tag baton.drift is over")
