"""The benchmark tables in the documents."""

from pathlib import Path

import pytest

from bench.errors import CannotRun
from bench.output.documents import DETAILS, README, replace_section


def test_only_text_between_marks_is_replaced(tmp_path: Path) -> None:
    """A second replacement leaves no trace of the first."""
    document = tmp_path / "page.md"
    document.write_text("before\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nafter\n")

    replace_section(document, "a", "new")
    replace_section(document, "a", "newer")

    assert document.read_text() == (
        "before\n<!-- bench:a -->\n\nnewer\n\n<!-- /bench:a -->\nafter\n"
    )


def test_document_without_marks_is_rejected(tmp_path: Path) -> None:
    """The document stays unchanged."""
    document = tmp_path / "page.md"
    document.write_text("<!-- bench:a -->\nno end\n")

    with pytest.raises(CannotRun, match=r"page\.md lacks the marks"):
        replace_section(document, "a", "new")

    assert document.read_text() == "<!-- bench:a -->\nno end\n"


@pytest.mark.parametrize(
    ("document", "name"),
    [
        (README, "servers"),
        (README, "train"),
        *((DETAILS, name) for name in ("servers", "swaps", "train", "encoders")),
    ],
)
def test_project_documents_have_the_marks(document: Path, name: str) -> None:
    """`--write` finds its marks after a long run."""
    text = document.read_text(encoding="utf-8")

    assert f"<!-- bench:{name} -->\n" in text
    assert f"<!-- /bench:{name} -->" in text
