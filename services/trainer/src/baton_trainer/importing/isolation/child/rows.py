"""Reads the rows as the table that a user would pass to the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from arro3.io import read_parquet


def read_rows(file: Path, model: Any, *, is_matrix: bool) -> Any:
    """Reads the rows as a DataFrame in the types of the file, or as a matrix.

    A missing text is NaN, as pandas reads a CSV. Whole numbers with gaps are floats. The texts of a
    LightGBM model that was fitted on categories are categories: LightGBM knows their codes.
    """
    table = read_parquet(str(file)).read_all()
    columns = [_convert(table.column(index)) for index in range(table.num_columns)]
    frame = pd.DataFrame(dict(enumerate(columns)), index=range(table.num_rows))
    frame.columns = pd.Index(list(table.column_names))
    if is_matrix:
        return frame.to_numpy()
    if takes_categories(model):
        texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
        frame = frame.astype(dict.fromkeys(texts, "category"))
    return frame


def takes_categories(model: Any) -> bool:
    """Whether this is a LightGBM model that was fitted on a DataFrame with categories."""
    if not type(model).__module__.startswith("lightgbm."):
        return False
    return bool(getattr(getattr(model, "booster_", model), "pandas_categorical", None))


def _convert(cells: Any) -> Any:
    values = cells.to_pylist()
    kind = str(cells.type)
    if "Utf8" in kind or "String" in kind:
        texts = [np.nan if value is None else value for value in values]
        # An explicit type, because a column of gaps only would become one of numbers.
        return pd.Series(texts, dtype=pd.Series(["text"]).dtype)
    if None not in values and not any(part in kind for part in ("Timestamp", "Date")):
        return pd.Series(np.concatenate([chunk.to_numpy() for chunk in cells.chunks] or [[]]))
    if "Int" in kind or "Float" in kind:
        return pd.Series(np.array(values, dtype=np.float64))
    return pd.Series([np.nan if value is None else value for value in values])
