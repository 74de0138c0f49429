"""Comparable models that need no training."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Column, Schema
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.tables.table import Table

BINARY = OutputSchema("binary", ("no", "yes"))
Rule = Callable[[pd.DataFrame], "pd.Series[float]"]


@dataclass
class RuleEngine:
    """Computes the probability of the second of two classes by a rule."""

    rule: Rule
    output_schema: OutputSchema = BINARY
    name: str = "rule"

    def score(self, columns: Mapping[str, Array]) -> Scores:
        second = 1 / (1 + np.exp(-self.rule(pd.DataFrame(columns)).to_numpy()))
        probabilities = np.column_stack([1 - second, second]).astype(np.float32)
        labels = np.array(self.output_schema.classes)[probabilities.argmax(axis=1)]
        return {"label": labels, "probabilities": probabilities}

    def score_rows(self, rows: Rows) -> Scores:
        raise NotImplementedError


def good(rows: pd.DataFrame) -> "pd.Series[float]":
    """The formula of `make_text_target`, without its noise."""
    return rows["flag"].astype(float) + rows["prix (€)"] + (rows["label"] == "a") - 0.8


def bad(rows: pd.DataFrame) -> "pd.Series[float]":
    """The opposite of `good`."""
    return -good(rows)


def bad_where_a(rows: pd.DataFrame) -> "pd.Series[float]":
    """Good, except in one slice."""
    return good(rows).where(rows["label"] != "a", bad(rows) + 1)


def make_model(
    table: Table, rule: Rule = good, columns: tuple[Column, ...] | None = None, **fields: Any
) -> ComparableModel:
    """A model of the table's columns, or of the given ones; `fields` are `ComparableModel`'s."""
    schema = Schema(columns or table.columns, table.classes)
    usual = {"name": "version 3", "size_bytes": 10_000}
    return ComparableModel(engine=RuleEngine(rule), schema=schema, **{**usual, **fields})


def make_columns_model(*columns: Column) -> ComparableModel:
    """A model whose logit is the first of its columns; a missing one counts as 0."""

    def rule(rows: pd.DataFrame) -> "pd.Series[float]":
        return rows[columns[0].name].astype(float).fillna(0.0)

    schema = Schema(columns, BINARY.classes)
    return ComparableModel("version 3", RuleEngine(rule), schema, size_bytes=10_000)
