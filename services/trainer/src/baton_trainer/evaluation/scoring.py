"""Scores rows of a table by an engine, exactly as the service does."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from baton_engine.engine import Engine, Scores
from baton_engine.tables.columns import Array, to_array
from baton_registry.versions.schema import Column


def score(engine: Engine, columns: Iterable[Column], features: pd.DataFrame) -> Scores:
    """Scores the rows of `features`, which must have all `columns`.

    Raises:
        ValueError, TypeError: a value is not of its column's type.
        OverflowError: a number does not fit its column's type.
    """
    return engine.score(build_arrays(columns, features))


def score_each_row(engine: Engine, columns: Sequence[Column], features: pd.DataFrame) -> Scores:
    """Scores row by row, as the service scores single-row requests; raises as `score` does."""
    cells = [_convert_to_json(features[each.name]) for each in columns]
    scores = [engine.score_rows([row]) for row in zip(*cells, strict=True)]
    return {name: np.concatenate([each[name] for each in scores]) for name in scores[0]}


def build_arrays(columns: Iterable[Column], features: pd.DataFrame) -> dict[str, Array]:
    """Builds the inputs of an engine, by column; raises as `score` does."""
    return {each.name: to_array(each, _convert_to_json(features[each.name])) for each in columns}


def _convert_to_json(values: pd.Series) -> list[Any]:
    """Returns the values as JSON has them: plain Python, None if missing."""
    return values.astype(object).where(values.notna(), None).tolist()
