"""Debian's Chromium, driven by Playwright, for the tests and the README's pictures."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ViewportSize, sync_playwright

LAPTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    # Debian's Chromium still checks for updates; this stops it from resolving any other host.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def find_program() -> str | None:
    """Finds Chromium; returns None if it is not installed."""
    return shutil.which("chromium")


@contextmanager
def open_browser(path: str) -> Iterator[Browser]:
    """Opens the browser, and closes it at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
