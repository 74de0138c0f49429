import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from baton_trainer.cards import plots, rendering
from baton_trainer.request import Columns
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer.tables import (
    TARGET,
    TARGETS,
    as_file,
    make_features,
    make_text_target,
    some_subject,
    some_table,
)


@pytest.mark.parametrize("target", ["texts", "three texts"])
def test_markdown_has_all_sections_plots_and_tables(target: str) -> None:
    """Every section, every plot, and only tables that Markdown can parse."""
    subject = some_subject(some_table(TARGETS[target]))
    text = rendering.render_markdown(subject)
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert [each for each in sections if not each.startswith("Decision")] == [
        *("Data", "Figures", "Slices", "Column importance", "Limitations", "How to reproduce")
    ]
    plots_by_name = plots.draw_plots(subject.model.report)
    assert set(re.findall(r"plots/(\w+)\.png", text)) == set(plots_by_name)
    assert "\n\n\n" not in text
    body = MarkdownIt("commonmark").enable("table").render(text)
    assert "|" not in re.sub(r"<pre>.*?</pre>", "", body, flags=re.DOTALL)


def test_card_says_if_importance_is_not_measured() -> None:
    """A table may have too many columns to shuffle each one."""
    subject = some_subject(some_table())
    report = replace(subject.model.report, importances=())
    bare = replace(subject, model=replace(subject.model, report=report))
    text = rendering.render_markdown(bare)
    assert "importance.png" not in text
    assert "Not measured: " in text
    assert "\n\n\n" not in text
    assert "importance" not in plots.draw_plots(report)


def test_card_says_how_rows_are_held_out() -> None:
    """Each row alone, or all rows of an id together."""
    assert "The hash of each row selects them" in rendering.render_markdown(
        some_subject(some_table())
    )
    names = [f"c{row % 150}" for row in range(400)]
    text = rendering.render_markdown(
        some_subject(some_table(id=("customer",), more={"customer": names}))
    )
    assert "The hash of customer selects them" in text


def test_names_of_columns_and_classes_are_escaped() -> None:
    """The data must not inject Markdown or HTML."""
    frame = make_features().rename(columns={"label": "<script>alert(1)</script>"})
    frame["a|b*c*`d`"] = frame.pop("whole")
    frame[TARGET] = make_text_target(
        frame.rename(columns={"<script>alert(1)</script>": "label"})
    ).map({"yes": "_yes_ | no", "no": "<b>"})
    data = build_table(as_file(frame), Columns(target=TARGET))
    subject = some_subject(data)
    page = rendering.render_html(
        rendering.render_markdown(subject), "t", plots.draw_plots(subject.model.report)
    )
    parser = Page()
    parser.feed(page)
    assert not {"script", "b"} & parser.tags
    for name in ("<script>alert(1)</script>", "a|b*c*`d`", "_yes_ | no", "<b>"):
        assert any(name in each for each in parser.texts), name


class Page(HTMLParser):
    """The tags, texts and addresses of a page."""

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


def test_html_needs_no_other_file() -> None:
    """Its plots are inside, and it loads nothing."""
    subject = some_subject(some_table())
    plots_by_name = plots.draw_plots(subject.model.report)
    page = Page()
    page.feed(rendering.render_html(rendering.render_markdown(subject), "A & B", plots_by_name))
    assert len(page.addresses) == len(plots_by_name)
    assert all(each.startswith("data:image/png;base64,") for each in page.addresses)
    assert "A & B" in page.texts
    assert not {"link", "iframe", "script"} & page.tags
