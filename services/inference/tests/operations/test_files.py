"""The page's files."""

import re

import pytest

from baton_inference.operations.files import PAGE, load_files

FILES = load_files()
NAMES = sorted(FILES)
TEXT = {name: file.content.decode() for name, file in FILES.items()}


@pytest.mark.parametrize("name", NAMES)
def test_asks_no_other_host(name: str) -> None:
    """The page works where there is no internet, and tells nobody that it is looked at."""
    text = TEXT[name].replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//[a-z]", text)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_read_as_html_or_run(name: str) -> None:
    """What the registry holds becomes text: there is no way by which it could become markup."""
    risky = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|style="
    assert not re.search(rf"{risky}|javascript:|<script>|\son\w+=", TEXT[name])


def test_every_file_is_asked_for_and_there() -> None:
    """No file is left over and none is missing."""
    asked = set(re.findall(r'(?:src|href)="console/([^"]+)"', TEXT[PAGE]))
    for name in NAMES:
        asked |= set(re.findall(r'from "\./([^"]+)"', TEXT[name]))
    assert asked | {PAGE} == set(NAMES)


def test_tags_differ_and_types_are_known() -> None:
    """A browser can tell whether it has a file already."""
    assert len({file.etag for file in FILES.values()}) == len(NAMES)
    assert FILES["page.js"].media_type == "text/javascript; charset=utf-8"
