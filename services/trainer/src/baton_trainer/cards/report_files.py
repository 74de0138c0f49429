"""What a run keeps of a report, as files: the model card, its pictures, its tables."""

from dataclasses import asdict
from typing import Any

import pandas as pd

from baton_trainer.cards import card
from baton_trainer.cards.card_content import Subject
from baton_trainer.cards.plots import pictures


def of(subject: Subject) -> dict[str, bytes]:
    """The content of each file, by its path in the run."""
    drawn = pictures(subject.candidate.report)
    text = card.markdown(subject)
    files = {
        "model_card.md": text.encode(),
        "model_card.html": card.html(text, f"Model card: {subject.model_name}", drawn).encode(),
    }
    files |= {f"plots/{name}.png": png for name, png in drawn.items()}
    return files | _tables(subject)


def _tables(subject: Subject) -> dict[str, bytes]:
    report = subject.candidate.report
    thresholds = report.thresholds.steps if report.thresholds else ()
    tables: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("importance", report.importances),
        ("slices", report.slices),
        ("thresholds", thresholds),
    )
    return {
        f"tables/{name}.csv": pd.DataFrame(map(asdict, rows)).to_csv(index=False).encode()
        for name, rows in tables
        if rows
    }
