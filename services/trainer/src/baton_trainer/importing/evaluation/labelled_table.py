"""A table of rows with a target, for the comparison of an imported version with production."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_registry.versions.output_schema import BINARY_CLASSES, Label
from baton_trainer.errors import DataError
from baton_trainer.importing.rows.file_rows import FileRows
from baton_trainer.importing.source.columns import Inputs
from baton_trainer.tables.columns import cells
from baton_trainer.tables.split import split
from baton_trainer.tables.table import Table

_SHOWN = 3
_MIN_DISTINCT = 2
"""Of a target that metrics can be computed for."""


@dataclass(frozen=True)
class LabelledTable:
    """The rows that have a label.

    Attributes:
        table: the rows, as the gate compares them.
        positions: shape `[rows]`, the position of each row among the rows that were compared.
    """

    table: Table
    positions: NDArray[np.intp]


def build_labelled_table(
    inputs: Inputs, read: FileRows, target: str, classes: Sequence[Label]
) -> LabelledTable:
    """Builds the table of the rows that have a label, or without classes a value.

    Columns that only the version in production takes are typed as training types them.

    Raises:
        DataError: no row has a truth, or it does not fit the model.
    """
    file = inputs.file
    read_truth = _read_labels if classes else _read_values
    labels = read_truth(inputs, target, classes).loc[read.kept]
    labelled = labels.notna().to_numpy()
    if labels[labelled].nunique() < _MIN_DISTINCT:
        things = "classes" if classes else "different values"
        raise DataError(f"{file.name}: the target {target!r} has fewer than two {things}")
    features = collect_features(inputs, read, target)[labelled].reset_index(drop=True)
    table = Table(
        name=file.name,
        sha256=file.sha256,
        features=features,
        target=labels[labelled].reset_index(drop=True),
        columns=inputs.schema.columns,
        classes=tuple(classes),
        positive=classes[1] if len(classes) == BINARY_CLASSES else None,
        held_out=split(features).held_out,
        held_out_by="",
        groups=None,
        roles=(),
        notes=(),
        warnings=(),
        reader=file.rule.to_json(),
        private_columns=inputs.private,
    )
    return LabelledTable(table, np.flatnonzero(labelled))


def collect_features(inputs: Inputs, read: FileRows, target: str) -> pd.DataFrame:
    """Returns the model's columns, and then the others of the file, typed as training types them.

    An empty target: the file has none.
    """
    file, own = inputs.file, read.rows.to_frame().set_index(read.kept)
    others = {
        str(name): values if file.is_typed else cells.convert(values, inputs.decimal)
        for name, values in file.cells.items()
        if name not in {target, *own} and name not in file.unreadable
    }
    return own.assign(**{name: values.loc[read.kept] for name, values in others.items()})


def _read_labels(inputs: Inputs, target: str, classes: Sequence[Label]) -> "pd.Series[Any]":
    """Returns the labels as the model's classes, None if missing; by their texts."""
    values = inputs.file.cells[target]
    known = {_to_text(label): label for label in classes}
    codes, distinct = pd.factorize(values.to_numpy(object))
    gaps = [False] * len(distinct) if inputs.file.is_typed else cells.find_missing(distinct)
    texts = [None if gap else _to_text(each) for each, gap in zip(distinct, gaps, strict=True)]
    if unknown := sorted({text for text in texts if text is not None and text not in known}):
        raise DataError(
            f"{inputs.file.name}: the target {target!r} has {unknown[:_SHOWN]}, which are none of "
            f"the model's classes {[*known][:_SHOWN]}; name the column with the truth"
        )
    labels = [*(None if text is None else known[text] for text in texts), None]
    return pd.Series([labels[code] for code in codes], values.index, dtype=object, name=target)


def _read_values(inputs: Inputs, target: str, _: Sequence[Label]) -> "pd.Series[Any]":
    """Returns the values of a regression, NaN if missing."""
    values = inputs.file.cells[target]
    numbers = values if inputs.file.is_typed else cells.convert(values, inputs.decimal)
    if cells.is_text(numbers):
        raise DataError(f"{inputs.file.name}: the target {target!r} is not a column of numbers")
    return numbers.astype(np.float64)


def _to_text(label: object) -> str:
    """The text of a label: 1.0 in a file with gaps is the class 1."""
    if isinstance(label, float) and label.is_integer():
        return str(int(label))
    text = str(label).strip()
    return text.lower() if text.lower() in ("true", "false") else text
