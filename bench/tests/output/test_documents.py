"""The measured tables in the documents."""

from pathlib import Path

import pytest

from bench.errors import CannotRun
from bench.output.documents import DETAILS, README, put


def test_only_what_is_between_the_marks_is_replaced(tmp_path: Path) -> None:
    """Twice gives what once gives."""
    document = tmp_path / "page.md"
    document.write_text("before\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nafter\n")

    put(document, "a", "new")
    put(document, "a", "newer")

    assert document.read_text() == (
        "before\n<!-- bench:a -->\n\nnewer\n\n<!-- /bench:a -->\nafter\n"
    )


def test_a_document_without_marks_is_left_alone(tmp_path: Path) -> None:
    """The tables of a long run are not put just anywhere."""
    document = tmp_path / "page.md"
    document.write_text("<!-- bench:a -->\nno end\n")

    with pytest.raises(CannotRun, match=r"page\.md has no place"):
        put(document, "a", "new")

    assert document.read_text() == "<!-- bench:a -->\nno end\n"


@pytest.mark.parametrize(
    ("document", "name"),
    [
        (README, "servers"),
        (README, "train"),
        *((DETAILS, name) for name in ("servers", "swaps", "train", "encoders")),
    ],
)
def test_the_projects_documents_have_a_place_for_them(document: Path, name: str) -> None:
    """`--write` finds where to write after a run of minutes."""
    text = document.read_text(encoding="utf-8")

    assert f"<!-- bench:{name} -->\n" in text
    assert f"<!-- /bench:{name} -->" in text
