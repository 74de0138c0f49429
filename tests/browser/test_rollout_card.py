"""The card of a canary on the operations page, with a real registry and live callers."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, expect

from baton_registry.versions.rollout_tags import get_record_tag, get_weight_tag
from baton_rollout.limits import Limits
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from tests.browser.conftest import Watched
from tests.support.browser.chromium import PHONE
from tests.support.rig.callers import call_steadily, draw_customers
from tests.support.rig.desk import Desk
from tests.support.rig.inference import Inference

MARKUP = "<img src=x onerror=alert(1)>"
LIMIT_MS = 20_000


@pytest.fixture
def inference(stocked_desk: Desk) -> Iterator[Inference]:
    """Version 1 in production, version 2 as the canary of 30 %, and callers."""
    stocked_desk.baton("promote", "1")
    with stocked_desk.registry as registry, stocked_desk.serve() as inference:
        inference.wait_until_serving("1")
        registry.set_version_tag(stocked_desk.model, "2", get_weight_tag("canary"), "30")
        registry.set_alias(stocked_desk.model, "canary", "2")
        with call_steadily(inference.url, draw_customers(2_000), callers=1):
            yield inference


def write_record(desk: Desk, record: Record) -> None:
    with desk.registry as registry:
        registry.set_model_tag(desk.model, get_record_tag("canary"), record.to_text())


def start_record() -> Record:
    now = datetime.now(UTC)
    plan = Plan("0badcafe", "2", "production", "ann", "", now, Limits(expects_change=True))
    return Record.create(plan, "1").move_to(1, now).enter(now)


def find_card(watched: Watched, inference: Inference) -> Locator:
    watched.page.goto(inference.url)
    card = watched.page.locator("#rollout")
    expect(card).to_be_visible(timeout=LIMIT_MS)
    return card


def test_canary_set_by_hand_then_a_rollout_that_is_aborted(
    stocked_desk: Desk, inference: Inference, watched: Watched
) -> None:
    """Both versions and the evidence; then the step; then why it was aborted, as text."""
    card = find_card(watched, inference)
    expect(card.get_by_role("heading")).to_have_text("Version 2 beside version 1")
    expect(card.locator(".badge")).to_have_text("30 % of requests")
    expect(card.locator(".place")).to_have_count(2)
    expect(card.locator("tbody tr")).to_have_count(4, timeout=LIMIT_MS)
    expect(card.locator("tbody tr").first).to_contain_text("Failures")
    expect(card.locator(".steps li")).to_have_count(0)

    record = start_record()
    write_record(stocked_desk, record)
    with stocked_desk.registry as registry:  # so that the record is read at once
        registry.set_version_tag(stocked_desk.model, "2", get_weight_tag("canary"), "10")
    expect(card.locator("[aria-current=step]")).to_have_text("10 %", timeout=LIMIT_MS)
    expect(card.locator(".command code").last).to_contain_text("baton rollout abort")

    write_record(stocked_desk, record.end("aborted", f"it fails {MARKUP}", datetime.now(UTC)))
    with stocked_desk.registry as registry:
        registry.set_version_tag(stocked_desk.model, "2", "baton.rollout", "aborted: it fails")
        registry.delete_alias(stocked_desk.model, "canary")
    heading = card.get_by_role("heading").first
    expect(heading).to_have_text("The rollout of version 2 was aborted", timeout=LIMIT_MS)
    expect(card.locator(".note")).to_contain_text(f"It fails {MARKUP}")
    expect(card.locator("tbody tr")).to_have_count(0)
    assert watched.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_card_fits_a_phone(
    stocked_desk: Desk, inference: Inference, browser: Browser, scheme: str
) -> None:
    """Nothing is wider than the screen, and the bars have their colors."""
    write_record(stocked_desk, start_record())
    dark = scheme == "dark"
    with browser.new_context(viewport=PHONE, color_scheme="dark" if dark else "light") as context:
        page = context.new_page()
        page.goto(inference.url)
        expect(page.locator("#rollout tbody tr")).to_have_count(4, timeout=LIMIT_MS)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        rail = page.locator("#rollout .rail").first
        fill = rail.evaluate("rail => getComputedStyle(rail).fill")
        assert fill == ("rgb(44, 49, 57)" if dark else "rgb(226, 226, 220)")
