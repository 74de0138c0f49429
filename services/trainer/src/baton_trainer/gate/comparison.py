"""Two models judged by the same rows, which neither learned from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton_engine.tables.text.reader_rule import ReaderRule, UnknownRule
from baton_trainer.errors import DataError, NotComparable
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.evaluation.slices import Slice, list_slices
from baton_trainer.gate import delong
from baton_trainer.gate.contender import Contender
from baton_trainer.gate.delong import Difference
from baton_trainer.tables.split import split
from baton_trainer.tables.table import Table

SLICE_LEAST = 20
"""How many rows a class must have in a slice, and how many the rest, to count."""
SLICES_SHOWN = 10


@dataclass(frozen=True)
class SliceComparison:
    """Both models on the rows of one slice.

    Attributes:
        column: the slice's column.
        value: the slice's value.
        rows: how many it has.
        difference: the first one's ROC AUC there minus the second one's.
    """

    column: str
    value: str | bool
    rows: int
    difference: Difference


@dataclass(frozen=True)
class Comparison:
    """Both models on the same rows.

    Attributes:
        first: the name of the one.
        second: the name of the other.
        rows: how many rows judged them.
        difference: the first one's ROC AUC minus the second one's.
        slices: the slices with enough rows, the one where the first falls behind most in front.
        doubts: what makes the figures kinder to one of them than the truth, and what callers must
            change; a line each.
    """

    first: str
    second: str
    rows: int
    difference: Difference
    slices: tuple[SliceComparison, ...]
    doubts: tuple[str, ...]


def compared(first: Contender, second: Contender, table: Table) -> Comparison:
    """Judges both by the held-out rows of a table that neither learned from and both take.

    Raises:
        NotComparable: a column or class is missing, or there are too few such rows.
    """
    contenders = (first, second)
    tables = [_read_for(each, table) for each in contenders]
    rows = _judges(contenders, tables)
    features = table.features[rows]
    one, two = (_outcome(each, own, rows) for each, own in zip(contenders, tables, strict=True))
    difference = delong.compare(one, two)
    if difference is None:
        raise NotComparable(
            f"{int(rows.sum())} rows are held out for both {first.name} and {second.name}, and a "
            "class is missing among them; give more rows"
        )
    doubts = (_doubt(each, table) for each in contenders)
    spaced = (_spaced(each, table) for each in contenders)
    return Comparison(
        first=first.name,
        second=second.name,
        rows=len(features),
        difference=difference,
        slices=tuple(_slices(one, two, list(list_slices(features, table.columns)))),
        doubts=tuple(filter(None, (*doubts, *spaced))),
    )


def _read_for(contender: Contender, table: Table) -> Table:
    """The table with the cells as the contender reads them.

    Raises:
        NotComparable: so read, it is no table of the same rows that the contender takes.
    """
    try:
        own = table.read_by(ReaderRule.from_json(contender.record.reader))
    except (UnknownRule, DataError) as error:
        raise NotComparable(f"{contender.name} reads cells by another rule: {error}") from error
    if obstacle := contender.obstacle(own.features, table.classes):
        raise NotComparable(f"{contender.name}: {obstacle}")
    if not own.target.equals(table.target):
        raise NotComparable(f"{contender.name} reads cells by another rule, and so other rows")
    return own


def _spaced(contender: Contender, table: Table) -> str:
    """What callers must change if such a contender is replaced; empty if nothing."""
    if table.reread is None:
        return ""
    for column in contender.schema.columns:
        for text in column.categories:
            if text != text.strip():
                return (
                    f"to {contender.name}, white space around cells is data: callers that send "
                    f"{text!r} as {column.name!r} must send {text.strip()!r} to one trained now"
                )
    return ""


def _judges(contenders: Sequence[Contender], tables: Sequence[Table]) -> NDArray[np.bool_]:
    """The rows that all of them take and, as far as is known, none learned from.

    Where it is known of none of them, the table's own split must do.
    """
    pairs = [*zip(contenders, tables, strict=True)]
    known = [_held_out(each, own) for each, own in pairs]
    held_out = [rows for rows in known if rows is not None] or [tables[0].held_out]
    takes = [each.takes(own.features).to_numpy(np.bool_) for each, own in pairs]
    rows: NDArray[np.bool_] = np.all([*held_out, *takes], axis=0)
    return rows


def _held_out(contender: Contender, table: Table) -> NDArray[np.bool_] | None:
    """The rows that it held out, split by its own columns or id; None where it cannot be known."""
    if _doubt(contender, table):
        return None
    columns = [each.name for each in contender.schema.columns]
    if contender.held_out_by or (set(columns) == set(table.features) and not table.held_out_by):
        return table.held_out
    return split(table.features[columns]).held_out


def _doubt(contender: Contender, table: Table) -> str:
    """Why it may have learned from the rows that judge it; empty where it did not."""
    if not contender.holds_out:
        reason = "was not trained by baton"
    elif contender.held_out_by not in ("", table.held_out_by):
        reason = f"held out rows by {contender.held_out_by!r}, which is no id that repeats here,"
    else:
        return ""
    return f"{contender.name} {reason} and may have learned from the rows that judge it"


def _outcome(contender: Contender, table: Table, rows: NDArray[np.bool_]) -> Outcome:
    probabilities = contender.probabilities(table.features[rows], table.classes)
    return Outcome.from_labels(table.classes, table.target[rows], probabilities, table.positive)


def _slices(one: Outcome, two: Outcome, parts: Sequence[Slice]) -> list[SliceComparison]:
    """The slices with the largest drops, the largest first."""
    found = [
        SliceComparison(part.column, part.value, int(part.rows.sum()), difference)
        for part in parts
        if (difference := delong.compare(one.select(part.rows), two.select(part.rows), SLICE_LEAST))
    ]
    return sorted(found, key=lambda each: each.difference.estimate)[:SLICES_SHOWN]
