"""Two models compared on the same rows, which neither learned from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton_engine.tables.text.reader_rule import ReaderRule, UnknownRule
from baton_trainer.errors import DataError, NotComparable
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.evaluation.prediction import build_outcome
from baton_trainer.evaluation.slices import Slice, list_slices
from baton_trainer.gate.answer_change import AnswerChange, measure_answer_change
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.compared_outcomes import MIN_SLICE_ROWS, compare_outcomes
from baton_trainer.gate.difference import Difference
from baton_trainer.tables.split import split
from baton_trainer.tables.table import Table

MAX_SLICES = 10


@dataclass(frozen=True)
class SliceComparison:
    """Both models on the rows of one slice.

    Attributes:
        column: the slice's column.
        value: the slice's value.
        rows: the number of its rows.
        difference: the first model compared with the second there.
    """

    column: str
    value: str | bool
    rows: int
    difference: Difference


@dataclass(frozen=True)
class Comparison:
    """Both models on the same rows.

    Attributes:
        first: the name of the first model.
        second: the name of the second model.
        rows: the number of rows that both scored.
        difference: the first model compared with the second.
        change: how far the first model's answers differ from the second model's.
        slices: the slices with enough rows, the largest drop of the first model in front.
        warnings: a line for each reason to doubt the figures, and for what callers must change.
    """

    first: str
    second: str
    rows: int
    difference: Difference
    change: AnswerChange
    slices: tuple[SliceComparison, ...]
    warnings: tuple[str, ...]


def compare_models(first: ComparableModel, second: ComparableModel, table: Table) -> Comparison:
    """Compares two models on the rows that neither learned from and both accept.

    Raises:
        NotComparable: a column or class is missing, or there are too few such rows.
    """
    models = (first, second)
    tables = [_read_for(model, table) for model in models]
    rows = _select_rows(models, tables)
    features = table.features[rows]
    one, two = (_predict(model, own, rows) for model, own in zip(models, tables, strict=True))
    difference = compare_outcomes(one, two)
    if difference is None:
        raise NotComparable(
            f"{int(rows.sum())} rows are held out from both {first.name} and {second.name}, and a "
            "class is missing among them; use a table with more rows"
        )
    private = {*table.private_columns}.union(*(each.manifest.private_columns for each in models))
    parts = list(list_slices(features, table.columns, private))
    split_warnings = (_warn_about_split(model, table) for model in models)
    cell_warnings = (_warn_about_white_space(model, table, private) for model in models)
    return Comparison(
        first=first.name,
        second=second.name,
        rows=len(features),
        difference=difference,
        change=measure_answer_change(one.output_schema, one.answers, two.answers),
        slices=tuple(_compare_slices(one, two, parts)),
        warnings=tuple(filter(None, (*split_warnings, *cell_warnings))),
    )


def _read_for(model: ComparableModel, table: Table) -> Table:
    """Returns the table with its cells read by the model's own rule.

    Raises:
        NotComparable: the result has different rows, or rows that the model cannot score.
    """
    try:
        own = table.read_by(ReaderRule.from_json(model.manifest.reader))
    except (UnknownRule, DataError) as error:
        raise NotComparable(f"{model.name} reads cells by a different rule: {error}") from error
    if obstacle := model.find_obstacle(own.features, table.output_schema):
        raise NotComparable(f"{model.name}: {obstacle}")
    if not own.target.equals(table.target):
        raise NotComparable(f"{model.name} reads cells by a different rule and gets different rows")
    return own


def _warn_about_white_space(model: ComparableModel, table: Table, private: Collection[str]) -> str:
    """What callers must change if this model is replaced; empty if nothing."""
    if table.reread is None:
        return ""
    for column in model.schema.columns:
        for text in () if column.name in private else column.categories:
            if text != text.strip():
                return (
                    f"{model.name} keeps white space around cells; callers that send {text!r} as "
                    f"{column.name!r} must send {text.strip()!r} to a version trained now"
                )
    return ""


def _select_rows(models: Sequence[ComparableModel], tables: Sequence[Table]) -> NDArray[np.bool_]:
    """The rows that all models accept and, as far as is known, none learned from.

    If no model's held-out rows are known, the table's own split decides.
    """
    pairs = [*zip(models, tables, strict=True)]
    known = [_find_held_out(model, own) for model, own in pairs]
    held_out = [rows for rows in known if rows is not None] or [tables[0].held_out]
    accepted = [model.accepts(own.features).to_numpy(np.bool_) for model, own in pairs]
    rows: NDArray[np.bool_] = np.all([*held_out, *accepted], axis=0)
    return rows


def _find_held_out(model: ComparableModel, table: Table) -> NDArray[np.bool_] | None:
    """The rows that it held out, split by its own columns or id; None if they are unknown."""
    if _warn_about_split(model, table):
        return None
    columns = [column.name for column in model.schema.columns]
    if model.held_out_by or (set(columns) == set(table.features) and not table.held_out_by):
        return table.held_out
    return split(table.features[columns]).held_out


def _warn_about_split(model: ComparableModel, table: Table) -> str:
    """Why it may have learned from the rows of the comparison; empty if it did not."""
    if not model.holds_out:
        reason = "was not trained by Baton"
    elif model.held_out_by not in ("", table.held_out_by):
        reason = f"held out rows by {model.held_out_by!r}, which is not a repeating id here,"
    else:
        return ""
    return f"{model.name} {reason} and may have learned from the rows of this comparison"


def _predict(model: ComparableModel, table: Table, rows: NDArray[np.bool_]) -> Outcome:
    schema = table.output_schema
    answers = model.predict(table.features[rows], schema)
    return build_outcome(answers, schema, table.target[rows], table.positive)


def _compare_slices(one: Outcome, two: Outcome, parts: Sequence[Slice]) -> list[SliceComparison]:
    """The slices with the largest drops, the largest first."""
    compared = [
        SliceComparison(part.column, part.value, int(part.rows.sum()), difference)
        for part in parts
        if (
            difference := compare_outcomes(
                one.select(part.rows), two.select(part.rows), MIN_SLICE_ROWS
            )
        )
    ]
    return sorted(compared, key=lambda part: -part.difference.worsening)[:MAX_SLICES]
