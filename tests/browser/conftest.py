"""A real browser: Debian's Chromium, driven by Playwright."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser.chromium import LAPTOP, opened, program


@dataclass
class Watched:
    """A page, and what went on in it that nobody sees.

    Attributes:
        page: the page.
        faults: errors of scripts and of the policy, and dialogs.
        addresses: everything that was asked for.
    """

    page: Page
    faults: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


# Of each module, not of the session: its event loop would keep other tests from having their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser."""
    path = program()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed; .ci/run installs it")
        pytest.skip("chromium is not installed")
    with opened(path) as browser:
        yield browser


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A page on a laptop."""
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    seen = Watched(page)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on("request", lambda request: seen.addresses.append(request.url))

    def on_console(message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            seen.faults.append(str(getattr(message, "text", "")))

    def on_dialog(dialog: object) -> None:
        seen.faults.append("a dialog")
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("console", on_console)
    page.on("dialog", on_dialog)
    yield seen
    context.close()
