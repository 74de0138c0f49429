"""The limitations of a model, from its own figures."""

from baton_trainer.evaluation.report import Report
from baton_trainer.tables.table import Table

FEW_HELD_OUT = 500
FEW_TRAINING_ROWS = 100
"""Of one class."""
MAX_NAMED_SLICES = 3
LARGE_CALIBRATION_ERROR = 0.05
"""The mean distance between probability and observed share."""


_ALWAYS = (
    (
        "Rows are held out at random. Expect lower figures on rows of a later time, of other "
        "places or of other people."
    ),
    (
        "A category that was not seen in training is scored as an empty cell; a missing number is "
        "scored as the column's median."
    ),
)


def list_limitations(table: Table, report: Report, trials: int) -> list[str]:
    """Lists the limitations, one or two sentences each; `trials` is the length of the search."""
    limitations = [*_ALWAYS, *_check_size(table), *_check_figures(report)]
    if trials:
        limitations.append(
            f"This is the best of {trials} trials. They were evaluated on other folds of the same "
            "rows, so the cross-validated figures are slightly too good; the held-out ones are not."
        )
    return limitations


def _check_size(table: Table) -> list[str]:
    limitations = []
    held_out = int(table.held_out.sum())
    if held_out < FEW_HELD_OUT:
        limitations.append(f"Only {held_out} rows are held out: check the width of the intervals.")
    counts = table.target[~table.held_out].value_counts()
    few = [f"{label} ({rows})" for label, rows in counts.items() if rows < FEW_TRAINING_ROWS]
    if few:
        limitations.append(f"There are few training rows of class {', '.join(sorted(few))}.")
    return limitations


def _check_figures(report: Report) -> list[str]:
    limitations = []
    low, high = report.cross_validation.intervals["roc_auc"]
    if (auc := report.held_out_metrics["roc_auc"]) < low:
        limitations.append(
            f"The ROC AUC on the held-out rows, {auc:.4f}, is below the range expected from "
            f"cross-validation, {low:.4f} to {high:.4f}."
        )
    if (error := report.held_out_metrics["ece"]) > LARGE_CALIBRATION_ERROR:
        limitations.append(
            f"The probabilities are off by {error:.0%} on average: use them to rank rows, not as "
            "shares."
        )
    weak = [part for part in report.slices if part.interval[1] < report.sliced_roc_auc]
    if weak:
        named = ", ".join(f"{part.name} ({part.roc_auc:.4f})" for part in weak[:MAX_NAMED_SLICES])
        limitations.append(
            f"In {len(weak)} of {len(report.slices)} slices the ROC AUC is, with 95 % confidence, "
            f"below the {report.sliced_roc_auc:.4f} of all rows: {named}"
            f"{' and others' if len(weak) > MAX_NAMED_SLICES else ''}."
        )
    return limitations
