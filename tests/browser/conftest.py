"""Fixtures with a real browser: Debian's Chromium, driven by Playwright."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser.chromium import LAPTOP, find_program, open_browser


@dataclass
class Watched:
    """A page with a record of its errors and requests.

    Attributes:
        page: the page.
        faults: script errors, policy violations and dialogs.
        addresses: the URLs of all requests.
    """

    page: Page
    faults: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


# One per module, not per session: its event loop would stop other tests from creating their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser."""
    path = find_program()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed; .ci/run installs it")
        pytest.skip("chromium is not installed")
    with open_browser(path) as browser:
        yield browser


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A page of laptop size."""
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    watched = Watched(page)
    page.on("pageerror", lambda error: watched.faults.append(str(error)))
    page.on("request", lambda request: watched.addresses.append(request.url))

    def on_console(message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            watched.faults.append(str(getattr(message, "text", "")))

    def on_dialog(dialog: object) -> None:
        watched.faults.append("a dialog")
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("console", on_console)
    page.on("dialog", on_dialog)
    yield watched
    context.close()
