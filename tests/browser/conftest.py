"""Fixtures with a real browser: Debian's Chromium, driven by Playwright."""

import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser.chromium import LAPTOP, find_program, open_browser

NETWORK_CHANGED = "ERR_NETWORK_CHANGED"
"""Chromium ends all requests when the machine gets an address: other tests start containers."""


class NetworkChangedError(AssertionError):
    """A test failed, and Chromium had ended its requests because the network had changed."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lets a test of this folder run again, but for this one reason."""
    reasons = [NetworkChangedError.__name__, NETWORK_CHANGED]
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=3, only_rerun=reasons))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Says that the network has changed, where the page only shows what it has not loaded."""
    try:
        return (yield)
    except Exception as error:
        watched = getattr(item, "funcargs", {}).get("watched")
        if watched is not None and any(NETWORK_CHANGED in fault for fault in watched.faults):
            raise NetworkChangedError(str(error)) from error
        raise


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
