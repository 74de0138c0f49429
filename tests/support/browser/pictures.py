"""The README's pictures, of the real product: `python -m browser.pictures FOLDER`."""

import os
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.support.bodies.customer import CUSTOMER
from tests.support.browser.chromium import LAPTOP, PHONE, opened, program
from tests.support.browser.terminal import draw
from tests.support.rig.load import steady_load
from tests.support.rig.stored import store_copy
from tests.support.rig.up import Up

LIMIT_MS = 30_000
LOAD_S = 15
MODELS_PAGE = ViewportSize(width=1280, height=720)
# Whose moves they are in every picture: not those of whoever happens to take them.
PERSON = {"BATON_ACTOR": "ada@laptop"}
SESSION = (
    "baton train --estimator hist_gradient_boosting 2>&1 | tail -n 10",
    'baton promote challenger --reason "boosted trees" --wait',
    "baton status",
    'baton rollback --reason "just to see" --wait',
    "baton history",
)


def main() -> None:
    """Starts `baton up` in a folder of its own, tells a story there, and takes the pictures."""
    path = program()
    if path is None:
        sys.exit("scripts/pictures: chromium is not installed (Debian: apt install chromium)")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        up = Up(folder)
        up.env = {**up.env, **PERSON}
        with up, opened(path) as browser:
            up.wait_until_ready()
            take(up, browser, out)


def take(up: Up, browser: Browser, out: Path) -> None:
    """The story: a better version, back, forth again under load, and one that cannot be loaded."""
    desk = up.desk()
    desk.more_env = {**PERSON, "BATON_INFERENCE_URL": up.url}
    record_row("a session in a terminal")
    env = {**desk.env, "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}"}
    (out / "terminal.svg").write_text(draw(SESSION, desk.folder, env, "Baton"))
    record_row("load, while versions change")
    with steady_load(up.url, {"instances": [CUSTOMER]}) as load:
        page = page_of(browser, up.url, LAPTOP)  # it draws what it saw since it was opened
        spend(up, LOAD_S)
        desk.baton("promote", "challenger", "--reason", "boosted trees, slices looked at", "--wait")
        spend(up, LOAD_S)
        expect(page.locator("#state .headline")).to_have_text("Version 2 is serving")
        shoot(page, out / "operations-laptop.png")
    if load.errors:
        raise RuntimeError(load.errors[0])
    record_row("MLflow's page of the model")
    page = page_of(browser, f"{desk.tracking_uri}/#/models/{desk.model}", MODELS_PAGE)
    page.get_by_role("button", name="Close").first.click()  # the assistant
    page.get_by_role("button", name="Tags").click()  # the ledger is a table of its own
    row = page.get_by_role("row").filter(has_text="Version 2")
    expect(row.get_by_text("@ production")).to_be_visible(timeout=LIMIT_MS)
    shoot(page, out / "mlflow-models.png")
    record_row("a version that cannot be loaded, on a phone")
    with desk.registry as registry:
        first = registry.get_version(desk.model, "1")
    broken = store_copy(desk, first, desk.folder, **{"model.onnx": b"altered"})
    desk.try_baton("promote", broken, "--reason", "never mind the store", "--wait")
    page = page_of(browser, up.url, PHONE, dark=True)
    expect(page.locator("#notes .note")).to_contain_text("cannot be loaded", timeout=LIMIT_MS)
    shoot(page, out / "operations-phone.png")


def spend(up: Up, seconds: int) -> None:
    """Time, with a request now and then that is refused."""
    for _ in range(seconds):
        httpx.post(f"{up.url}/predict", json={"instances": [{**CUSTOMER, "tenure": "long"}]})
        time.sleep(1)


def page_of(browser: Browser, address: str, size: ViewportSize, *, dark: bool = False) -> Page:
    """The page at its address, in a window of this size."""
    scale = 1.5 if dark else 1
    context = browser.new_context(
        viewport=size, color_scheme="dark" if dark else "light", device_scale_factor=scale
    )
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)
    page.goto(address)
    return page


def shoot(page: Page, file: Path) -> None:
    """What is in the window."""
    page.screenshot(path=file, animations="disabled")
    record_row(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


def record_row(text: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
