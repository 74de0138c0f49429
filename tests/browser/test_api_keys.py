"""The operations page with API keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Error, HttpCredentials, Page, expect

from baton_common.api_keys import Scope, generate_key
from baton_registry.versions.model_version import ModelVersion
from tests.support.rig.desk import Desk, register
from tests.support.rig.inference import Inference
from tests.support.rig.tracking_server import TrackingServer

LIMIT_MS = 15_000


@dataclass
class Guarded:
    """A process with API keys, and one key per set of scopes."""

    inference: Inference
    both: str
    operations: str
    scoring: str


@pytest.fixture(scope="module")
def guarded(
    tracking: TrackingServer,
    trained_versions: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Guarded]:
    """A process with API keys that serves version 1."""
    scopes: tuple[list[Scope], ...] = ([*Scope], [Scope.OPERATIONS], [Scope.SCORING])
    keys = [generate_key("anyone", each) for each in scopes]
    desk = Desk(tracking.uri, "guarded", tmp_path_factory.mktemp("guarded"))
    file = desk.folder / "keys"
    file.write_text("\n".join(key.line for _, key in keys))
    secrets = [secret for secret, _ in keys]
    register(desk, trained_versions[0])
    desk.baton("promote", "1")
    with desk.serve(BATON_API_KEYS_FILE=str(file)) as inference:
        inference.http.headers["X-API-Key"] = secrets[0]
        inference.wait_until_serving("1")
        yield Guarded(inference, *secrets)


@pytest.fixture
def pages(browser: Browser) -> Iterator[list[Page]]:
    """The opened pages; closed at the end."""
    opened: list[Page] = []
    yield opened
    for page in opened:
        page.context.close()


def visit(browser: Browser, pages: list[Page], guarded: Guarded, key: str | None) -> list[int]:
    """Opens the page with this key as the password; returns the status of each answer."""
    credentials = None if key is None else HttpCredentials(username="me", password=key)
    page = browser.new_context(http_credentials=credentials).new_page()
    pages.append(page)
    statuses: list[int] = []
    page.on("response", lambda answer: statuses.append(answer.status))
    # Without a user to prompt, Chromium shows the 401, or fails with this error.
    with ignore_error("ERR_INVALID_AUTH_CREDENTIALS"):
        page.goto(guarded.inference.url)
    return statuses


@contextmanager
def ignore_error(text: str) -> Iterator[None]:
    """Ignores browser errors with this text."""
    try:
        yield
    except Error as error:
        if text not in error.message:
            raise


def test_browser_prompts_for_the_key(guarded: Guarded, browser: Browser, pages: list[Page]) -> None:
    """Without a valid key, the browser prompts for one and shows nothing of the page."""
    challenges = httpx.get(guarded.inference.url).headers.get_list("www-authenticate")
    assert any(value.startswith("Basic ") for value in challenges)
    for key in (None, "baton_wrong"):
        assert set(visit(browser, pages, guarded, key)) == {httpx.codes.UNAUTHORIZED}
        assert pages[-1].locator("main").count() == 0


def test_page_works_with_a_key_for_both_scopes(
    guarded: Guarded, browser: Browser, pages: list[Page]
) -> None:
    """The status, the data and the form work."""
    visit(browser, pages, guarded, guarded.both)
    [page] = pages
    expect(page.locator("#state .headline")).to_have_text("Version 1 is serving", timeout=LIMIT_MS)
    page.get_by_role("button", name="Predict").click(timeout=LIMIT_MS)
    expect(page.locator("#answer")).to_contain_text("version 1", timeout=LIMIT_MS)
    expect(page.locator("#lost")).to_be_hidden()


def test_operations_key_shows_the_page_but_cannot_score(
    guarded: Guarded, browser: Browser, pages: list[Page]
) -> None:
    """The form names the scope that the key lacks."""
    visit(browser, pages, guarded, guarded.operations)
    [page] = pages
    expect(page.locator("#state .headline")).to_have_text("Version 1 is serving", timeout=LIMIT_MS)
    page.get_by_role("button", name="Predict").click(timeout=LIMIT_MS)
    expect(page.locator("#answer")).to_contain_text("lacks the scope scoring", timeout=LIMIT_MS)


def test_scoring_key_cannot_open_the_page(
    guarded: Guarded, browser: Browser, pages: list[Page]
) -> None:
    """The answer names the scope that the key lacks."""
    assert httpx.codes.FORBIDDEN in visit(browser, pages, guarded, guarded.scoring)
    [page] = pages
    expect(page.locator("body")).to_contain_text("lacks the scope operations")
    assert page.locator("main").count() == 0
