"""Live quality and drift on the operations page, with a real registry."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from baton_registry.versions.monitoring_tags import (
    DRIFT_TAG,
    QUALITY_TAG,
    DriftTag,
    QualityTag,
    VersionQuality,
    WorstColumn,
)
from tests.browser.conftest import Watched
from tests.support.browser.chromium import PHONE
from tests.support.rig.desk import Desk
from tests.support.rig.inference import Inference

MARKUP = "<img src=x onerror=alert(1)>"
LIMIT_MS = 20_000
AT = "2026-11-30T10:00:00.000Z"
QUALITY = QualityTag(
    at=AT,
    versions={
        "3": VersionQuality(rows=12, labelled=0, metric=""),
        "2": VersionQuality(rows=4_210, labelled=1_806, metric="roc_auc", value=0.7912,
                            low=0.7701, high=0.8123, training=0.8461),
        "1": VersionQuality(rows=90_120, labelled=81_003, metric="roc_auc", value=0.8433,
                            low=0.8402, high=0.8464, training=0.8452),
    },
    message="Version 2 is worse than version 1 on the same rows",
)  # fmt: skip
DRIFT = DriftTag(
    at=AT,
    version="2",
    rows=4_210,
    drifted=2,
    columns=21,
    worst=WorstColumn(column=f"tenure {MARKUP}", psi=0.431, level="large"),
    message="2 of 21 columns and outputs have drifted",
)


def write_tags(desk: Desk, quality: str, drift: str) -> None:
    """Writes the tags, and moves the alias, so that they are read at once."""
    with desk.registry as registry:
        registry.set_model_tag(desk.model, QUALITY_TAG, quality)
        registry.set_model_tag(desk.model, DRIFT_TAG, drift)
        version = registry.resolve_alias(desk.model, "production").version
        registry.set_alias(desk.model, "production", "1" if version == "2" else "2")


@pytest.fixture
def inference(stocked_desk: Desk) -> Iterator[Inference]:
    """Version 1 in production; nothing was measured."""
    stocked_desk.baton("promote", "1")
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("1")
        yield inference


def test_quality_and_drift_are_shown_once_they_were_logged(
    stocked_desk: Desk, inference: Inference, watched: Watched
) -> None:
    """As text. A tag that cannot be read is one note."""
    watched.page.goto(inference.url)
    expect(watched.page.locator("#now .headline")).to_contain_text("Version 1")
    card = watched.page.locator("#monitoring")
    expect(card).to_be_hidden()

    write_tags(stocked_desk, QUALITY.to_text(), DRIFT.to_text())
    expect(card).to_be_visible(timeout=LIMIT_MS)
    expect(card.locator("tbody tr")).to_have_count(3)
    expect(card.locator("tbody tr").first).to_contain_text("too few labels")
    expect(card.locator("tbody tr").nth(1)).to_contain_text("0.7912")
    expect(card.locator("caption")).to_contain_text("ROC AUC of labelled rows")
    expect(card.locator(".alarming")).to_have_count(1)
    expect(card.locator("#drift")).to_contain_text("2 of 21 columns and outputs have drifted")
    expect(card.locator("#drift .warning")).to_contain_text(f"tenure {MARKUP}")

    write_tags(stocked_desk, json.dumps({"at": MARKUP}), "x" * 4_900)
    expect(card.locator(".note")).to_have_count(1, timeout=LIMIT_MS)
    expect(card.locator(".note")).to_contain_text("baton.drift is over")
    expect(card.locator("tbody tr")).to_have_count(0)
    assert watched.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_card_fits_a_phone(
    stocked_desk: Desk, inference: Inference, browser: Browser, scheme: str
) -> None:
    """Nothing is wider than the screen, however long a name is."""
    worst = WorstColumn(column="x" * 250, psi=0.431, level="large")
    write_tags(stocked_desk, QUALITY.to_text(), DRIFT.model_copy(update={"worst": worst}).to_text())
    dark = scheme == "dark"
    with browser.new_context(viewport=PHONE, color_scheme="dark" if dark else "light") as context:
        page = context.new_page()
        page.goto(inference.url)
        expect(page.locator("#monitoring tbody tr")).to_have_count(3, timeout=LIMIT_MS)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
