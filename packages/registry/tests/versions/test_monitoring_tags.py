"""The tags with live quality and drift. Any client may write them."""

import json

import pytest

from baton_registry.versions.monitoring_tags import (
    MAX_TAG_CHARACTERS,
    DriftTag,
    QualityTag,
    VersionQuality,
    WorstColumn,
)

AT = "2026-11-30T10:00:00.000Z"
DRIFT = DriftTag(
    at=AT,
    version="3",
    rows=4_000,
    drifted=1,
    columns=20,
    worst=WorstColumn(column="tenure", psi=0.31, level="large"),
    message="1 of 20 drifted",
)
QUALITY = QualityTag(
    at=AT,
    versions={
        "3": VersionQuality(rows=9, labelled=4, metric="roc_auc", value=0.8, low=0.7, high=1)
    },
)


def test_a_tag_is_read_as_it_was_written() -> None:
    assert DriftTag.from_text(DRIFT.to_text()) == DRIFT
    assert QualityTag.from_text(QUALITY.to_text()) == QUALITY


def test_members_of_a_newer_release_are_ignored() -> None:
    assert DriftTag.from_text(json.dumps({**json.loads(DRIFT.to_text()), "new": [1]})) == DRIFT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "\ud800",
        "[" * 3_000,
        json.dumps({**json.loads(DRIFT.to_text()), "rows": "many"}),
        json.dumps({**json.loads(DRIFT.to_text()), "rows": True}),
        DRIFT.to_text().replace(AT, "yesterday"),
        DRIFT.to_text().replace(AT, "2026-11-30T10:00:00"),
        DRIFT.to_text().replace(AT, "0001-01-01T00:00:00+14:00"),
        DRIFT.to_text().replace("0.31", "NaN"),
        DRIFT.to_text().replace("0.31", "1e999"),
        DRIFT.to_text().replace("large", "huge"),
        DRIFT.to_text().replace("1 of 20 drifted", "x" * MAX_TAG_CHARACTERS),
    ],
)
def test_anything_else_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        DriftTag.from_text(text)


def test_a_text_that_no_tag_can_hold_is_not_written() -> None:
    with pytest.raises(ValueError, match="over"):
        DRIFT.model_copy(update={"message": "x" * MAX_TAG_CHARACTERS}).to_text()
