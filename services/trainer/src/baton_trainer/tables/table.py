"""A table that can be trained on: typed features, a target, and its split."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_engine.tables.text.reader_rule import ReaderRule
from baton_registry.versions.output_schema import Label, OutputSchema
from baton_registry.versions.schema import Column, Schema
from baton_trainer.tables.columns.roles import ColumnRole
from baton_trainer.tables.split import Hashes


@dataclass(frozen=True)
class Table:
    """A validated table; `table_builder.build_table` builds it.

    Attributes:
        name: the table's name in messages.
        sha256: the checksum of its file.
        features: shape `[rows, columns]`; int64, float64, bool or object columns (`cells.convert`).
        target: shape `[rows]`, without missing values; text, whole numbers or booleans, or the
            values of a regression as float64.
        columns: the features as columns of a schema; optional if a value is missing.
        classes: the distinct values of the target, sorted; empty for a regression.
        positive: with two classes, the one that the metrics describe; else None.
        held_out: shape `[rows]`, True for the rows that training must not see.
        held_out_by: the id column whose rows stay together; empty if each row is independent.
        groups: shape `[rows]`, equal for rows with the same id; None if each row is independent.
        roles: the role of each column, in the file's order.
        notes: one line for each detection about the file.
        warnings: one line for everything that was left out or looks suspicious.
        private_columns: the columns of the file whose values nothing may show. The categories of
            those among `columns` are made up.
        reader: how the file's cells were read, as a JSON object for the version's manifest.
        reread: reads the same file by another rule; None if every rule gives the same cells.
    """

    name: str
    sha256: str
    features: pd.DataFrame
    target: pd.Series
    columns: tuple[Column, ...]
    classes: tuple[Label, ...]
    positive: Label | None
    held_out: NDArray[np.bool_]
    held_out_by: str
    groups: Hashes | None
    roles: tuple[ColumnRole, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    private_columns: tuple[str, ...] = ()
    reader: Mapping[str, Any] = field(default_factory=dict)
    reread: Callable[[ReaderRule], "Table"] | None = None

    def read_by(self, rule: ReaderRule) -> "Table":
        """Returns the same rows, with the cells as another version reads them.

        Raises:
            DataError: by that rule the file is not a valid table.
        """
        return self if self.reread is None else self.reread(rule)

    @property
    def output_schema(self) -> OutputSchema:
        """What a model of this target answers."""
        return (
            OutputSchema.from_classes(self.classes) if self.classes else OutputSchema("regression")
        )

    @property
    def deviation(self) -> float:
        """The standard deviation of the target of a regression: its unit in comparisons."""
        return 1.0 if self.classes else float(self.target.std(ddof=0))

    @property
    def schema(self) -> Schema:
        """The schema of a model that is trained on the table."""
        if self.classes:
            return Schema(self.columns, self.classes)
        return Schema(self.columns, task="regression")

    @property
    def file_name(self) -> str:
        """The name without its folder, which belongs to this machine alone."""
        return Path(self.name).name
