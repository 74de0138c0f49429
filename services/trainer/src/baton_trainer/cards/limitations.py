"""What a reader should not expect of a model, told from its own figures."""

from baton_trainer.evaluation.report import Report
from baton_trainer.tables.table import Table

FEW_HELD_OUT = 500
FEW_OF_CLASS = 100
SHOWN = 3
"""Slices named in a sentence."""
LARGE_ERROR = 0.05
"""Of calibration: a probability is off by so much in the mean."""


_ALWAYS = (
    (
        "Rows are held out at random. Where the model will score rows of a later time, of other "
        "places or of other people than these, expect less."
    ),
    (
        "Categories that were not seen in training are scored as if the cell were empty; a missing "
        "number counts as the column's median."
    ),
)


def of(table: Table, report: Report, searched: int) -> list[str]:
    """One sentence or two for each limit; `searched` is the number of trials."""
    found = [*_ALWAYS, *_of_size(table), *_of_figures(report)]
    if searched:
        found.append(
            f"The best of {searched} trials was taken. They were judged on other folds of the same "
            "rows, so the cross-validated figures are a little kind; the held-out ones are not."
        )
    return found


def _of_size(table: Table) -> list[str]:
    found = []
    held_out = int(table.held_out.sum())
    if held_out < FEW_HELD_OUT:
        found.append(f"Only {held_out} rows are held out: mind the intervals.")
    learned = table.target[~table.held_out].value_counts()
    few = [f"{label} ({rows})" for label, rows in learned.items() if rows < FEW_OF_CLASS]
    if few:
        found.append(f"Few rows to learn from are of class {', '.join(sorted(few))}.")
    return found


def _of_figures(report: Report) -> list[str]:
    found = []
    low, high = report.cross_validation.intervals["roc_auc"]
    if (auc := report.figures["roc_auc"]) < low:
        found.append(
            f"The ROC AUC on the held-out rows, {auc:.4f}, is below what cross-validation led to "
            f"expect, {low:.4f} to {high:.4f}."
        )
    if (error := report.figures["ece"]) > LARGE_ERROR:
        found.append(
            f"The probabilities are {error:.0%} off in the mean: rank by them, but do not read "
            "them as shares."
        )
    weak = [each for each in report.slices if each.interval[1] < report.sliced_roc_auc]
    if weak:
        named = ", ".join(f"{each.name} ({each.roc_auc:.4f})" for each in weak[:SHOWN])
        found.append(
            f"In {len(weak)} of {len(report.slices)} slices the ROC AUC is, with 95 % confidence, "
            f"below that of all rows, {report.sliced_roc_auc:.4f}: {named}"
            f"{' and others' if len(weak) > SHOWN else ''}."
        )
    return found
