"""The operations page where inference asks for API keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Error, HttpCredentials, Page, expect

from baton_registry import ModelVersion
from baton_registry.api_keys import Scope, generate_key
from tests.support.rig.desk import Desk, register
from tests.support.rig.inference import Inference
from tests.support.rig.tracking_server import TrackingServer

LIMIT_MS = 15_000


@dataclass
class Guarded:
    """A process that asks for keys, and a key for each set of scopes."""

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
    """It serves version 1."""
    scopes: tuple[list[Scope], ...] = ([*Scope], [Scope.OPERATIONS], [Scope.SCORING])
    made = [generate_key("somebody", each) for each in scopes]
    desk = Desk(tracking.uri, "guarded", tmp_path_factory.mktemp("guarded"))
    file = desk.folder / "keys"
    file.write_text("\n".join(key.line for _, key in made))
    secrets = [secret for secret, _ in made]
    register(desk, trained_versions[0])
    desk.baton("promote", "1")
    with desk.serve(BATON_API_KEYS_FILE=str(file)) as inference:
        inference.http.headers["X-API-Key"] = secrets[0]
        inference.wait_until_serving("1")
        yield Guarded(inference, *secrets)


@pytest.fixture
def pages(browser: Browser) -> Iterator[list[Page]]:
    """Pages of people with other keys; closed at the end."""
    opened: list[Page] = []
    yield opened
    for page in opened:
        page.context.close()


def visit(browser: Browser, pages: list[Page], guarded: Guarded, key: str | None) -> list[int]:
    """Opens the page as somebody who, when asked, gives this key as the password.

    Gives the status of each answer.
    """
    credentials = None if key is None else HttpCredentials(username="me", password=key)
    page = browser.new_context(http_credentials=credentials).new_page()
    pages.append(page)
    statuses: list[int] = []
    page.on("response", lambda answer: statuses.append(answer.status))
    # Chromium shows the answer to a question that it could not put to its user, or says this.
    with passing_over("ERR_INVALID_AUTH_CREDENTIALS"):
        page.goto(guarded.inference.url)
    return statuses


@contextmanager
def passing_over(text: str) -> Iterator[None]:
    """Errors of the browser that say this are none."""
    try:
        yield
    except Error as error:
        if text not in error.message:
            raise


def test_a_browser_is_made_to_ask_for_the_key(
    guarded: Guarded, browser: Browser, pages: list[Page]
) -> None:
    """Without a key, or with a wrong one, there is a question and nothing of the page."""
    asked = httpx.get(guarded.inference.url).headers.get_list("www-authenticate")
    assert any(value.startswith("Basic ") for value in asked)
    for key in (None, "baton_wrong"):
        assert set(visit(browser, pages, guarded, key)) == {httpx.codes.UNAUTHORIZED}
        assert pages[-1].locator("main").count() == 0


def test_the_page_works_whole_with_a_key_for_both(
    guarded: Guarded, browser: Browser, pages: list[Page]
) -> None:
    """What it shows, what it asks for by itself, and the form."""
    visit(browser, pages, guarded, guarded.both)
    [page] = pages
    expect(page.locator("#state .headline")).to_have_text("Version 1 is serving", timeout=LIMIT_MS)
    page.get_by_role("button", name="Predict").click(timeout=LIMIT_MS)
    expect(page.locator("#answer")).to_contain_text("version 1", timeout=LIMIT_MS)
    expect(page.locator("#lost")).to_be_hidden()


def test_a_key_for_operations_shows_all_and_scores_nothing(
    guarded: Guarded, browser: Browser, pages: list[Page]
) -> None:
    """The form says in words which scope the key lacks."""
    visit(browser, pages, guarded, guarded.operations)
    [page] = pages
    expect(page.locator("#state .headline")).to_have_text("Version 1 is serving", timeout=LIMIT_MS)
    page.get_by_role("button", name="Predict").click(timeout=LIMIT_MS)
    expect(page.locator("#answer")).to_contain_text("not for scoring", timeout=LIMIT_MS)


def test_a_key_for_scoring_alone_shows_nothing(
    guarded: Guarded, browser: Browser, pages: list[Page]
) -> None:
    """The page is for operations; who scores is told so."""
    assert httpx.codes.FORBIDDEN in visit(browser, pages, guarded, guarded.scoring)
    [page] = pages
    expect(page.locator("body")).to_contain_text("this API key is not for operations")
    assert page.locator("main").count() == 0
