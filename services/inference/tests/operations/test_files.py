"""The static files of the operations page."""

import re

import pytest

from baton_inference.operations.files import PAGE, load_files

FILES = load_files()
NAMES = sorted(FILES)
TEXT = {name: file.content.decode() for name, file in FILES.items()}


@pytest.mark.parametrize("name", NAMES)
def test_page_contacts_no_other_host(name: str) -> None:
    """The page works without internet, and reveals nothing to other hosts."""
    text = TEXT[name].replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//[a-z]", text)


@pytest.mark.parametrize("name", NAMES)
def test_page_uses_no_html_injection(name: str) -> None:
    """Values from the registry can only become text, never markup or code."""
    risky = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|style="
    assert not re.search(rf"{risky}|javascript:|<script>|\son\w+=", TEXT[name])


def test_every_file_is_used_and_exists() -> None:
    """No file is unused, and none is missing."""
    used = set(re.findall(r'(?:src|href)="console/([^"]+)"', TEXT[PAGE]))
    for name in NAMES:
        used |= set(re.findall(r'from "\./([^"]+)"', TEXT[name]))
    assert used | {PAGE} == set(NAMES)


def test_etags_and_media_types() -> None:
    """Each file has its own ETag, and a known media type."""
    assert len({file.etag for file in FILES.values()}) == len(NAMES)
    assert FILES["page.js"].media_type == "text/javascript; charset=utf-8"
