"""The operations page in a browser, with a real registry."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from baton_registry.promotion import alias_moves as promotion
from baton_registry.versions.model_version import ModelVersion
from tests.browser.conftest import Watched
from tests.support.browser.chromium import PHONE
from tests.support.rig.desk import Desk, register
from tests.support.rig.inference import Inference
from tests.support.rig.process import LOCAL
from tests.support.rig.tracking_server import TrackingServer

ALIAS = "production"
MARKUP = "<img src=x onerror=alert(1)>"


def wait_for_headline(watched: Watched, text: str) -> None:
    """Waits until the page has this headline."""
    expect(watched.page.locator("#state .headline")).to_have_text(text, timeout=15_000)


def open_page(watched: Watched, inference: Inference) -> None:
    watched.page.goto(inference.url)


def test_swap_and_failed_load(
    stocked_desk: Desk, trained_versions: list[ModelVersion], watched: Watched
) -> None:
    """The page shows the serving version and the last move; then the failure and the rollback."""
    stocked_desk.baton("promote", "1", "--reason", "the first one")
    with stocked_desk.serve() as inference:
        open_page(watched, inference)
        page = watched.page
        wait_for_headline(watched, "Version 1 is serving")
        expect(page.locator("#why")).to_contain_text("the first one")
        expect(page.locator("#pass .track")).to_have_class("track agree")

        stocked_desk.baton("promote", "2", "--reason", "better in spring")
        wait_for_headline(watched, "Version 2 is serving")
        expect(page.locator("#why")).to_contain_text("better in spring")
        expect(page.locator("#moves li").first).to_contain_text("1 → 2")
        expect(page.locator("#moves li").first.get_by_role("img", name="to")).to_be_visible()
        expect(page.locator("#rollback code").first).to_contain_text("baton rollback --wait")

        broken = register(stocked_desk, trained_versions[0], **{"baton.manifest": "0" * 64})
        with stocked_desk.registry as registry:
            registry.set_alias(stocked_desk.model, ALIAS, broken)
        note = page.locator("#notes .note")
        expect(note).to_contain_text("Version 3 cannot be loaded", timeout=15_000)
        expect(note).to_contain_text("checksums")
        expect(note.locator("code")).to_contain_text("baton rollback --wait")
        expect(page.locator("#state .badge")).to_have_text("degraded")
        wait_for_headline(watched, "Version 2 is serving")

        stocked_desk.baton("rollback")
        expect(page.locator("#state .badge")).to_have_text("serving", timeout=15_000)
        expect(page.locator("#notes .note")).to_have_count(0)
        assert watched.faults == []
        assert all(address.startswith(inference.url) for address in watched.addresses)


def test_predict_from_the_form(stocked_desk: Desk, watched: Watched) -> None:
    """The form follows the schema, and shows each error at its field."""
    stocked_desk.baton("promote", "1")
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("1")
        open_page(watched, inference)
        page = watched.page
        page.get_by_role("button", name="Predict").click()
        answer = page.locator("#answer")
        expect(answer).to_contain_text("version 1")
        expect(answer.locator("meter")).to_have_count(2)

        page.get_by_label("tenure").fill("many")
        page.get_by_role("button", name="Predict").click()
        expect(answer).to_contain_text("The rows do not fit the model")
        expect(page.get_by_label("tenure")).to_have_attribute("aria-invalid", "")
        expect(page.locator("#field-tenure-error")).not_to_be_empty()


def test_markup_from_the_registry_is_text(
    tracking: TrackingServer, trained_versions: list[ModelVersion], watched: Watched, tmp_path: Path
) -> None:
    """Markup in a model name, an actor or a reason is shown as text, and runs nothing."""
    desk = Desk(tracking.uri, MARKUP, tmp_path)
    register(desk, trained_versions[0])
    with desk.registry as registry:
        promotion.promote(
            registry,
            MARKUP,
            "1",
            alias=ALIAS,
            by=MARKUP,
            reason=f"<script>alert(2)</script>{MARKUP}",
        )
    with desk.serve() as inference:
        inference.wait_until_serving("1")
        open_page(watched, inference)
        page = watched.page
        wait_for_headline(watched, "Version 1 is serving")
        expect(page.locator("#subject")).to_have_text(f"{MARKUP} @ {ALIAS}")
        expect(page.locator("#moves")).to_contain_text(f"<script>alert(2)</script>{MARKUP}")
        assert page.locator("main img, main script").count() == 0
        assert watched.faults == []


def test_page_without_a_model_and_a_registry(tmp_path: Path, watched: Watched) -> None:
    """The page shows that nothing is serving, and that the registry is unreachable."""
    with Desk(f"http://{LOCAL}:1", "churn_model", tmp_path).serve() as inference:
        open_page(watched, inference)
        wait_for_headline(watched, "No version is serving")
        expect(watched.page.locator("#notes")).to_contain_text(
            "The registry cannot be reached", timeout=15_000
        )
        expect(watched.page.locator("#try")).to_contain_text("when a version is serving")
        expect(watched.page.locator("#traffic")).to_contain_text("No requests yet")
        expect(watched.page.locator("#chart")).to_be_empty()


def test_page_shows_that_inference_is_unreachable(stocked_desk: Desk, watched: Watched) -> None:
    """An open page reports that its data is old."""
    stocked_desk.baton("promote", "1")
    with stocked_desk.serve() as inference:
        open_page(watched, inference)
        wait_for_headline(watched, "Version 1 is serving")
        expect(watched.page.locator("#lost")).to_be_hidden()
    expect(watched.page.locator("#lost")).to_contain_text("does not answer", timeout=15_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_a_phone(stocked_desk: Desk, browser: Browser, scheme: str) -> None:
    """In light and dark, nothing is wider than the screen, and every field has a label."""
    stocked_desk.baton("promote", "1")
    dark = scheme == "dark"
    with (
        stocked_desk.serve() as inference,
        browser.new_context(viewport=PHONE, color_scheme="dark" if dark else "light") as context,
    ):
        inference.wait_until_serving("1")
        page = context.new_page()
        page.goto(inference.url)
        expect(page.get_by_role("button", name="Predict")).to_be_visible(timeout=15_000)
        width = page.evaluate("document.documentElement.scrollWidth")
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        unnamed = page.locator("#form :is(input, select)").evaluate_all(
            "fields => fields.filter(field => !field.labels.length).length"
        )
        assert width <= PHONE["width"]
        assert paper == ("rgb(17, 19, 23)" if dark else "rgb(245, 245, 241)")
        assert unnamed == 0
        for landmark in ("banner", "navigation", "main", "contentinfo"):
            assert page.get_by_role(landmark).count() == 1, landmark
