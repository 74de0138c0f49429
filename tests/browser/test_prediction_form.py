"""The prediction form of each task, and of a matrix, in a browser."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from baton_inference.web.answers.answer import ASGIApp
from baton_registry.versions.output_schema import Task
from tests.browser.conftest import Watched
from tests.support.browser.chromium import PHONE
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, call
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.task_models import MATRIX, TaskModel

URL = "http://baton.test/"
SHOW_FORM = "import('./console/form.js').then((form) => form.showForm('1'))"
ANSWERS: dict[Task, list[str]] = {
    "binary": ["Predicted label", "no", "0.750"],
    "regression": ["Predicted value", "12.3"],
    "quantiles": ["Predicted values", "p10", "1.5", "p90", "2.5"],
    "anomaly": ["Anomaly", "score", "-0.12"],
    "multilabel": ["Predicted labels", "a", "0.750", "b", "0.250"],
}


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Threads for the application: Playwright's event loop occupies the test's thread."""
    with ThreadPoolExecutor() as pool:
        yield pool


def open_form(page: Page, app: ASGIApp, threads: ThreadPoolExecutor) -> None:
    """Opens the page, whose requests the application answers, and shows the form."""

    def answer(route: Route) -> None:
        request = route.request
        if request.url.endswith("/console/data"):
            route.abort()  # the status of this process, which follows no registry
            return
        body = (request.post_data_buffer or b"",)
        asked = Request(request.method, urlsplit(request.url).path, body, request.headers)
        response = threads.submit(call, app, asked).result()
        route.fulfill(status=response.status, headers=response.headers, body=response.body)

    page.route("**/*", answer)
    page.goto(URL)
    page.evaluate(SHOW_FORM)


def predict(page: Page) -> None:
    """Sends the form."""
    page.get_by_role("button", name="Predict").click()


@pytest.mark.parametrize("task", ANSWERS)
def test_the_answer_follows_the_task(
    tmp_path: Path, watched: Watched, threads: ThreadPoolExecutor, task: Task
) -> None:
    """The example is filled in. The answer fits the width of a phone."""
    app, _ = make_app(tmp_path, make_live_version(TaskModel(task)))
    page = watched.page
    page.set_viewport_size(PHONE)
    open_form(page, app, threads)
    predict(page)
    for text in ANSWERS[task]:
        expect(page.locator("#answer .prediction")).to_contain_text(text)
    expect(page.locator("#answer")).not_to_contain_text("undefined")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_matrix_is_one_field(
    tmp_path: Path, watched: Watched, threads: ThreadPoolExecutor
) -> None:
    """Its errors name the numbers by their places."""
    example = {"0": 1.5, "1": 0.0, "2": -1.0}
    version = make_live_version(TaskModel("regression"), schema=MATRIX, example=example)
    app, _ = make_app(tmp_path, version)
    page = watched.page
    open_form(page, app, threads)
    field = page.get_by_label("3 numbers, separated by commas")
    expect(field).to_have_value("1.5, 0, -1")
    field.fill("1, x")
    predict(page)
    expect(page.locator("#field-matrix-error")).to_have_text(
        "[1] must be a number, not text; [2] is missing"
    )
    field.fill("1 2\n3e2")
    predict(page)
    expect(page.locator("#answer .prediction")).to_contain_text("12.3")
    expect(page.locator("#field-matrix-error")).to_have_text("")
