"""The report as a page."""

import re
from dataclasses import replace

from baton_trainer.monitoring.drift.display.page import MAX_PLOTS, render_page
from baton_trainer.monitoring.drift.display.plots import MAX_BINS, choose_bins
from tests.support.trainer.drift import FLIPPED, MOVED, SAME, make_column, make_report


def test_page_needs_no_other_file() -> None:
    """No script, no address; plots are in it."""
    page = render_page(make_report(SAME, MOVED, FLIPPED))
    assert page.count('src="data:image/png;base64,') == 3
    assert not re.search(r"https?://|<script|<link|@import|url\(", page)


def test_names_are_text() -> None:
    """Of columns, categories, and of the model."""
    evil = "<script>alert('x')</script>\n\"&"
    column = make_column(evil, [5_000, 616, 0, 0], [300, 500, 200, 0])
    page = render_page(make_report(column))
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)" in page


def test_page_of_too_few_rows() -> None:
    page = render_page(make_report(make_column("c", [9, 9, 0, 0], [1, 1, 0, 0]), rows=2))
    assert "Too few rows: 2 in the log" in page
    assert "<img" not in page


def test_plots_are_of_the_worst_columns() -> None:
    """Their number is limited, and so are the bins of each."""
    columns = [make_column(f"c{n}", [50, 50, 0, 0], [500, 500, 0, 0]) for n in range(MAX_PLOTS + 5)]
    assert render_page(make_report(*columns)).count("<img") == MAX_PLOTS
    many = make_column("c", [10] * 100 + [0, 0], [10] * 98 + [100, 200, 0, 0])
    assert len(choose_bins(many)) == MAX_BINS
    assert choose_bins(many)[-2:] == [98, 99]


def test_private_columns_have_no_plot_and_no_bins() -> None:
    """They are not tested."""
    income = make_column("income", [50, 50, 0, 0], [500, 0, 0, 500])
    report = make_report(replace(income, is_private=True))
    assert "<img" not in render_page(report)
    assert report.to_json()["columns"][0]["bins"] == []
