"""MLflow's pages show Baton's versions and moves."""

from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.support.rig.desk import Desk

LIMIT_MS = 30_000


def test_models_page_shows_versions_and_the_alias(stocked_desk: Desk, watched: Watched) -> None:
    """After each move, MLflow shows both versions, and the alias on the right one."""
    page = watched.page
    for command, version in (
        (("promote", "1"), "1"),
        (("promote", "2"), "2"),
        (("rollback",), "1"),
    ):
        stocked_desk.baton(*command)
        page.goto(f"{stocked_desk.tracking_uri}/#/models/{stocked_desk.model}")
        page.reload()
        expect(page.get_by_role("heading", name=stocked_desk.model)).to_be_visible(timeout=LIMIT_MS)
        for each in ("1", "2"):
            row = page.get_by_role("row").filter(has_text=f"Version {each}")
            expect(row).to_be_visible(timeout=LIMIT_MS)
            alias = row.get_by_text("production")
            expect(alias).to_have_count(1 if each == version else 0, timeout=LIMIT_MS)


def test_operations_page_links_to_mlflow(stocked_desk: Desk, watched: Watched) -> None:
    """The links open MLflow's pages of the serving version and its run."""
    stocked_desk.baton("promote", "2")
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("2")
        run_id = inference.status()["serving"]["run_id"]
        page = watched.page
        page.goto(inference.url)
        version = page.locator("#pass a").last
        expect(version).to_have_text("version 2", timeout=15_000)
        run = page.locator("#facts a")
        targets = [str(link.get_attribute("href")) for link in (version, run)]
    page.goto(targets[0])
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible(timeout=LIMIT_MS)
    page.goto(targets[1])
    expect(page.get_by_text(run_id).first).to_be_visible(timeout=LIMIT_MS)
