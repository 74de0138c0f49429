"""The limitations of a model, from its own figures."""

from collections.abc import Iterator

from baton_trainer.cards.parts import choose_parts
from baton_trainer.evaluation.outcome import Metric
from baton_trainer.evaluation.report import Report
from baton_trainer.tables.table import Table

FEW_HELD_OUT = 500
MAX_NAMED_SLICES = 3


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
    parts = choose_parts(report)
    limitations = [*_ALWAYS]
    held_out = int(table.held_out.sum())
    if held_out < FEW_HELD_OUT:
        limitations.append(f"Only {held_out} rows are held out: check the width of the intervals.")
    limitations += parts.list_table_limitations(table)
    limitations += _check_range(report)
    limitations += parts.list_figure_limitations()
    limitations += _check_slices(report)
    limitations += _check_private_columns(table)
    if trials:
        limitations.append(
            f"This is the best of {trials} trials. They were evaluated on other folds of the same "
            "rows, so the cross-validated figures are slightly too good; the held-out ones are not."
        )
    return limitations


def _check_range(report: Report) -> Iterator[str]:
    """Says if the metric on the held-out rows is worse than cross-validation lets expect."""
    metric = report.held_out.metric
    interval = report.cross_validation.intervals[metric.name]
    value = report.held_out_metrics[metric.name]
    if metric.compute_loss(value) > max(map(metric.compute_loss, interval)):
        low, high = map(metric.format_value, interval)
        yield (
            f"The {metric.title} on the held-out rows, {metric.format_value(value)}, is "
            f"{_get_worse(metric)} the range expected from cross-validation, {low} to {high}."
        )


def _check_slices(report: Report) -> Iterator[str]:
    metric, whole = report.held_out.metric, report.sliced_quality
    weak = [
        part
        for part in report.slices
        if min(map(metric.compute_loss, part.interval)) > metric.compute_loss(whole)
    ]
    if weak:
        named = ", ".join(
            f"{part.name} ({metric.format_value(part.quality)})" for part in weak[:MAX_NAMED_SLICES]
        )
        yield (
            f"In {len(weak)} of {len(report.slices)} slices the {metric.title} is, with 95 % "
            f"confidence, {_get_worse(metric)} the {metric.format_value(whole)} of all rows: "
            f"{named}{' and others' if len(weak) > MAX_NAMED_SLICES else ''}."
        )


def _check_private_columns(table: Table) -> Iterator[str]:
    if private := [each for each in table.columns if each.name in table.private_columns]:
        yield (
            f"Private columns ({len(private)}) are in no slice: weaknesses by their values are not "
            "measured."
        )


def _get_worse(metric: Metric) -> str:
    return "above" if metric.is_loss else "below"
