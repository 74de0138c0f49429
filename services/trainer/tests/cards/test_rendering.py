import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from baton_trainer.cards import card, plots
from baton_trainer.request import Columns
from baton_trainer.tables import table
from tests.support.trainer.tables import (
    TARGET,
    TARGETS,
    as_file,
    features,
    some_subject,
    some_table,
    text_target,
)


@pytest.mark.parametrize("target", ["texts", "three texts"])
def test_the_markdown_is_one_page_with_well_formed_tables(target: str) -> None:
    """Every section, every picture that is drawn, and no table that Markdown would not read."""
    subject = some_subject(some_table(TARGETS[target]))
    text = card.markdown(subject)
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert [each for each in sections if not each.startswith("At which")] == [
        *("Data", "Figures", "Slices", "What the columns are worth", "Limits", "How to reproduce")
    ]
    drawn = plots.pictures(subject.candidate.report)
    assert set(re.findall(r"plots/(\w+)\.png", text)) == set(drawn)
    assert "\n\n\n" not in text
    body = MarkdownIt("commonmark").enable("table").render(text)
    assert "|" not in re.sub(r"<pre>.*?</pre>", "", body, flags=re.DOTALL)


def test_a_card_without_importance_says_so() -> None:
    """A table may have too many columns to measure what each is worth."""
    subject = some_subject(some_table())
    report = replace(subject.candidate.report, importances=())
    bare = replace(subject, candidate=replace(subject.candidate, report=report))
    text = card.markdown(bare)
    assert "importance.png" not in text
    assert "Not measured: " in text
    assert "\n\n\n" not in text
    assert "importance" not in plots.pictures(report)


def test_the_card_says_by_what_rows_were_held_out() -> None:
    """Each by itself, or all of one id together."""
    assert "chosen by\nthe hash of each row: " in card.markdown(some_subject(some_table()))
    names = [f"c{row % 150}" for row in range(400)]
    text = card.markdown(some_subject(some_table(id=("customer",), more={"customer": names})))
    assert "chosen by\nthe hash of customer, so that the rows of one stay together: " in text


def test_names_of_columns_and_classes_are_text_whatever_they_hold() -> None:
    """Neither Markdown nor HTML: a table's cells are not ours to run."""
    frame = features().rename(columns={"label": "<script>alert(1)</script>"})
    frame["a|b*c*`d`"] = frame.pop("whole")
    frame[TARGET] = text_target(frame.rename(columns={"<script>alert(1)</script>": "label"})).map(
        {"yes": "_yes_ | no", "no": "<b>"}
    )
    data = table.validated(as_file(frame), Columns(target=TARGET))
    subject = some_subject(data)
    page = card.html(card.markdown(subject), "t", plots.pictures(subject.candidate.report))
    parser = Page()
    parser.feed(page)
    assert not {"script", "b"} & parser.tags
    for name in ("<script>alert(1)</script>", "a|b*c*`d`", "_yes_ | no", "<b>"):
        assert any(name in each for each in parser.texts), name


class Page(HTMLParser):
    """What a browser finds in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_html_needs_no_other_file() -> None:
    """Its pictures are inside, and it asks nobody for anything."""
    subject = some_subject(some_table())
    drawn = plots.pictures(subject.candidate.report)
    page = Page()
    page.feed(card.html(card.markdown(subject), "A & B", drawn))
    assert len(page.addresses) == len(drawn)
    assert all(each.startswith("data:image/png;base64,") for each in page.addresses)
    assert "A & B" in page.texts
    assert not {"link", "iframe", "script"} & page.tags
