"""Takes the README's pictures: `python -m tests.support.browser.pictures FOLDER`."""

import os
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.support.bodies.customer import CUSTOMER
from tests.support.browser.chromium import LAPTOP, PHONE, find_program, open_browser
from tests.support.browser.terminal import draw_session
from tests.support.rig.callers import call_steadily, draw_customers
from tests.support.rig.desk import Desk
from tests.support.rig.load import steady_load
from tests.support.rig.stored import store_copy
from tests.support.rig.up import Up

LIMIT_MS = 30_000
LOAD_S = 15
MODELS_PAGE = ViewportSize(width=1280, height=720)
# The actor of all moves in the pictures, instead of the local user.
PERSON = {"BATON_ACTOR": "ada@laptop"}
SESSION = (
    "baton train --estimator hist_gradient_boosting 2>&1 | tail -n 10",
    'baton promote challenger --reason "boosted trees" --wait',
    "baton status",
    'baton rollback --reason "just to see" --wait',
    "baton history",
)


def main() -> None:
    """Starts `baton up` in a temporary folder, plays a session, and takes the pictures."""
    path = find_program()
    if path is None:
        sys.exit("scripts/pictures: chromium is not installed (Debian: apt install chromium)")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        up = Up(folder)
        up.env = {**up.env, **PERSON}
        with up, open_browser(path) as browser:
            up.wait_until_ready()
            take_pictures(up, browser, out)


def take_pictures(up: Up, browser: Browser, out: Path) -> None:
    """Promotes a better version, rolls back, promotes under load, then breaks a version."""
    desk = up.desk()
    desk.more_env = {**PERSON, "BATON_INFERENCE_URL": up.url}
    print_progress("a session in a terminal")
    env = {**desk.env, "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}"}
    (out / "terminal.svg").write_text(draw_session(SESSION, desk.folder, env, "Baton"))
    print_progress("the operations page during a swap under load")
    with steady_load(up.url, {"instances": [CUSTOMER]}) as load:
        page = open_page(browser, up.url, LAPTOP)  # its chart starts when it opens
        send_bad_requests(up, LOAD_S)
        desk.baton("promote", "challenger", "--reason", "boosted trees, slices checked", "--wait")
        send_bad_requests(up, LOAD_S)
        expect(page.locator("#state .headline")).to_have_text("Version 2 is serving")
        save_picture(page, out / "operations-laptop.png")
    if load.errors:
        raise RuntimeError(load.errors[0])
    picture_rollout(up, desk, browser, out)
    print_progress("MLflow's page of the model")
    page = open_page(browser, f"{desk.tracking_uri}/#/models/{desk.model}", MODELS_PAGE)
    page.get_by_role("button", name="Close").first.click()  # the assistant
    page.get_by_role("button", name="Tags").click()  # hides the ledger's tags
    row = page.get_by_role("row").filter(has_text="Version 2")
    expect(row.get_by_text("@ production")).to_be_visible(timeout=LIMIT_MS)
    save_picture(page, out / "mlflow-models.png")
    print_progress("a failed load on a phone")
    with desk.registry as registry:
        first = registry.get_version(desk.model, "1")
    broken = store_copy(desk, first, desk.folder, **{"model.onnx": b"altered"})
    desk.try_baton("promote", broken, "--reason", "quick fix", "--wait")
    page = open_page(browser, up.url, PHONE, dark=True)
    expect(page.locator("#notes .note")).to_contain_text("cannot be loaded", timeout=LIMIT_MS)
    save_picture(page, out / "operations-phone.png")


def picture_rollout(up: Up, desk: Desk, browser: Browser, out: Path) -> None:
    """Rolls a version out under load, takes a picture at 10 %, and aborts."""
    print_progress("the operations page during a rollout")
    version = desk.train("--param", "C=0.3")
    plan = ("--step-for", "10s", "--min-pairs", "1000", "--reason", "less regularised")
    with call_steadily(up.url, draw_customers()) as callers:
        desk.baton("rollout", "start", version, *plan)
        page = open_page(browser, up.url, LAPTOP)
        card = page.locator("#rollout")
        expect(card.locator(".badge")).to_have_text("10 % of requests", timeout=2 * LIMIT_MS)
        time.sleep(LOAD_S / 3)
        card.screenshot(path=out / "operations-canary.png", animations="disabled")
        desk.baton("rollout", "abort", "--reason", "only for a picture")
    if callers.errors:
        raise RuntimeError(callers.errors[0])


def send_bad_requests(up: Up, seconds: int) -> None:
    """Sends one invalid request per second."""
    for _ in range(seconds):
        httpx.post(f"{up.url}/predict", json={"instances": [{**CUSTOMER, "tenure": "long"}]})
        time.sleep(1)


def open_page(browser: Browser, address: str, size: ViewportSize, *, dark: bool = False) -> Page:
    """Opens the URL in a window of this size."""
    scale = 1.5 if dark else 1
    context = browser.new_context(
        viewport=size, color_scheme="dark" if dark else "light", device_scale_factor=scale
    )
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)
    page.goto(address)
    return page


def save_picture(page: Page, file: Path) -> None:
    """Saves a picture of the window."""
    page.screenshot(path=file, animations="disabled")
    print_progress(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


def print_progress(text: str) -> None:
    """Prints a line to standard error."""
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
