"""The site: it builds without warnings, and its pages load nothing from other hosts."""

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.documents.blocks import ROOT

LIMIT_S = 120
LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("source", "src"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; mkdocs checks links to pages, files and anchors."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [ROOT / "scripts/docs", folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Loaded(HTMLParser):
    """Collects what a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps the addresses of scripts, styles, fonts and pictures."""
        self.addresses += [value for name, value in attrs if value and (tag, name) in LOADING]


def test_every_document_is_a_page(site: Path) -> None:
    """The documents of the root and of docs/ are there, and the README is the home page."""
    pages = {page.relative_to(site).with_suffix("").as_posix() for page in site.rglob("*.html")}
    documents = {f.relative_to(ROOT / "docs").with_suffix("") for f in ROOT.glob("docs/**/*.md")}
    expected = {path.as_posix().replace("README", "index") for path in documents}
    assert pages == expected | {
        "404",
        "index",
        "architecture",
        "changelog",
        "helm-values",
        "contributing",
        "security",
    }
    assert "scripts/up" in (site / "index.html").read_text(encoding="utf-8")


def test_pages_load_nothing_from_other_hosts(site: Path) -> None:
    """Fonts, styles, scripts and pictures are part of the site."""
    for page in site.rglob("*.html"):
        loaded = Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        assert loaded.addresses
        assert [each for each in loaded.addresses if "//" in each] == [], page.name
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert re.findall(r"(?:url\(|@import )[\"']?https?://", text) == [], style.name
