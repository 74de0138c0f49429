"""The files of a run: the model card, its plots, and its tables in full."""

from dataclasses import asdict

import pandas as pd

from baton_trainer.cards.content import Subject
from baton_trainer.cards.parts import choose_parts
from baton_trainer.cards.plots import draw_plots
from baton_trainer.cards.rendering import render_html, render_markdown


def build_run_files(subject: Subject) -> dict[str, bytes]:
    """Returns the content of each file, by its path in the run."""
    plots = draw_plots(subject.model.report)
    markdown = render_markdown(subject)
    html = render_html(markdown, f"Model card: {subject.model_name}", plots)
    files = {"model_card.md": markdown.encode(), "model_card.html": html.encode()}
    files |= {f"plots/{name}.png": png for name, png in plots.items()}
    return files | _build_tables(subject)


def _build_tables(subject: Subject) -> dict[str, bytes]:
    report = subject.model.report
    tables = dict(choose_parts(report).list_tables())
    tables |= {"importance": report.importances, "slices": report.slices}
    return {
        f"tables/{name}.csv": pd.DataFrame(map(asdict, rows)).to_csv(index=False).encode()
        for name, rows in tables.items()
        if rows
    }
