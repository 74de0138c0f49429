"""The pages behind a proxy with a path prefix."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.support.network.front_proxy import proxy_with_prefix
from tests.support.rig.inference import Inference


@pytest.fixture
def behind(shared_inference: Inference) -> Iterator[str]:
    """The URL of the service behind the proxy."""
    with proxy_with_prefix(shared_inference.url, "/team/churn") as url:
        yield url


def test_docs_try_a_prediction(behind: str, watched: Watched) -> None:
    """`/docs` loads its script and the document, and can send a prediction."""
    page = watched.page
    page.goto(f"{behind}/docs")
    page.locator("#operations-scoring-predict").click(timeout=20_000)
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator("#operations-scoring-predict .live-responses-table .response").first
    expect(answer).to_contain_text("model_version", timeout=20_000)
    assert f"{behind}/predict" in watched.addresses
    assert watched.faults == []


def test_the_operations_page_and_its_links(behind: str, watched: Watched) -> None:
    """The page and its form work, and its links keep the prefix."""
    page = watched.page
    page.goto(f"{behind}/")
    expect(page.locator("#state .headline")).to_have_text("Version 1 is serving", timeout=15_000)
    page.locator("#form button").click()
    expect(page.locator("#answer")).to_contain_text("version 1", timeout=15_000)
    for name in ("API", "Metrics", "Status"):
        address = page.get_by_role("link", name=name, exact=True).evaluate("link => link.href")
        assert address.startswith(f"{behind}/")
        assert httpx.get(address, timeout=20).is_success
    assert watched.faults == []
