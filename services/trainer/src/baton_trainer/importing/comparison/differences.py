"""The rows on which two models differ, as a table and as lines."""

from collections.abc import Iterator

import numpy as np
from rich.table import Table

from baton_common.texts import truncate
from baton_registry.versions.output_schema import LABEL, Output, OutputSchema
from baton_trainer.importing.comparison.agreement import Agreement
from baton_trainer.importing.comparison.answers import Answers
from baton_trainer.importing.rows.rows import Rows

MAX_SHOWN = 10
_REJECTED = "fails"
_MAX_TEXT = 40


class DifferenceReport:
    """Describes how the ONNX form differs from the original."""

    def __init__(self, rows: Rows, original: Answers, onnx: Answers, agreement: Agreement) -> None:
        self._rows = rows
        self._original = original
        self._onnx = onnx
        self._agreement = agreement

    def to_table(self, schema: OutputSchema) -> Table:
        """The worst rows, one line each."""
        table = Table(title="The worst rows", title_justify="left")
        for heading in ("row", "no value in", "output", "original", "ONNX", "difference"):
            table.add_column(heading)
        for row in self._agreement.different[:MAX_SHOWN].tolist():
            output, member = self._find_worst(row, schema)
            gaps = ", ".join(self._rows.describe_missing(row)) or "-"
            table.add_row(
                truncate(self._rows.locations[row], 2 * _MAX_TEXT),
                truncate(gaps, _MAX_TEXT),
                " ".join(filter(None, (output.name, *output.members[member : member + 1]))),
                _format(self._original, row, output, member, schema),
                _format(self._onnx, row, output, member, schema),
                self._format_difference(row, output, member),
            )
        return table

    def _find_worst(self, row: int, schema: OutputSchema) -> tuple[Output, int]:
        """The output of a row that differs most, and the index of its member."""
        largest = {
            output.name: self._agreement.differences[output.name][row] for output in schema.outputs
        }
        worst = max(schema.outputs, key=lambda output: float(largest[output.name].max()))
        return worst, int(largest[worst.name].argmax())

    def _format_difference(self, row: int, output: Output, member: int) -> str:
        one = self._original.outputs[output.name][row, member]
        other = self._onnx.outputs[output.name][row, member]
        if output.name == LABEL or np.isnan(one) or np.isnan(other):
            return "-"
        return f"{abs(one - other):.2g}"

    def summarize(self) -> str:
        """Counts what differs, in one clause."""
        agreement = self._agreement
        counts = (
            (agreement.flips, "rows have another label"),
            (len(agreement.different), "rows differ in all"),
        )
        parts = [f"{count:,} {what}" for count, what in counts if count]
        return f"{', '.join(parts)}; the largest difference is {agreement.max_difference:.2g}"


def list_rejections(rows: Rows, agreement: Agreement) -> Iterator[str]:
    """Yields a warning for rows that the original rejects: the service does so, too, or not."""
    for rejected, what in (
        (agreement.neither, "so does the ONNX form: such a request is answered with status 500"),
        (agreement.only_onnx, "and the ONNX form answers: do not rely on these answers"),
    ):
        found = np.flatnonzero(rejected).tolist()
        if found:
            reasons = dict.fromkeys(_explain(rows, row) for row in found)
            shown = "; ".join([*reasons][:MAX_SHOWN])
            yield f"the original model fails on {len(found):,} rows ({shown}), {what}"


def _explain(rows: Rows, row: int) -> str:
    """What is special about a row: what was generated, else its gaps, else its location."""
    location, _, variant = rows.locations[row].partition(", ")
    gaps = ", ".join(rows.describe_missing(row))
    return variant or (gaps and f"no value in {gaps}") or location


def _format(answers: Answers, row: int, output: Output, member: int, schema: OutputSchema) -> str:
    if answers.is_rejected[row]:
        return _REJECTED
    value = float(answers.outputs[output.name][row, member])
    if output.name == LABEL and schema.is_classifier:
        return truncate(str(schema.classes[int(value)]), _MAX_TEXT)
    return f"{value:.9g}"
