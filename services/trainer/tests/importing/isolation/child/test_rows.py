"""The rows as the table that a user would pass."""

from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
from arro3.core import Array, DataType, Table
from arro3.io import write_parquet

from baton_trainer.importing.isolation.child.rows import read_rows


def write(path: Path, **columns: tuple[list[Any], DataType]) -> Path:
    """Writes a Parquet file."""
    arrays = [Array(values, kind) for values, kind in columns.values()]
    write_parquet(Table.from_arrays(arrays, names=list(columns)), path)
    return path


def test_types_are_those_of_the_file(tmp_path: Path) -> None:
    """Gaps make floats of whole numbers, and NaN of texts."""
    file = write(
        tmp_path / "rows.parquet",
        whole=([1, 2], DataType.int64()),
        short=([1, 2], DataType.int32()),
        gaps=([1, None], DataType.int64()),
        number=([0.5, None], DataType.float64()),
        single=([0.5, 1.5], DataType.float32()),
        flag=([True, False], DataType.bool()),
        text=(["a", None], DataType.string()),
        empty=([None, None], DataType.string()),
    )

    frame = read_rows(file, object(), is_matrix=False)

    text = pd.Series(["a"]).dtype
    assert frame.dtypes.to_dict() == {
        "whole": np.dtype("int64"),
        "short": np.dtype("int32"),
        "gaps": np.dtype("float64"),
        "number": np.dtype("float64"),
        "single": np.dtype("float32"),
        "flag": np.dtype("bool"),
        "text": text,
        "empty": text,
    }
    assert frame.text.tolist()[0] == "a"
    assert isinstance(frame.text.tolist()[1], float)
    assert frame["empty"].isna().all()


def test_a_matrix_keeps_its_precision(tmp_path: Path) -> None:
    """Columns of one type become a matrix of that type."""
    single = DataType.float32()
    file = write(tmp_path / "rows.parquet", a=([1.5, 2.5], single), b=([3.5, 4.5], single))

    matrix = read_rows(file, object(), is_matrix=True)

    assert matrix.dtype == np.float32
    assert matrix.tolist() == [[1.5, 3.5], [2.5, 4.5]]


@pytest.mark.parametrize("has_categories", [True, False])
def test_lightgbm_gets_categories(tmp_path: Path, *, has_categories: bool) -> None:
    """If it was fitted on categories, it answers for texts what it answers for categories."""
    texts = ["red", "green", "blue", "green"] * 50
    table = pd.DataFrame({"color": pd.Categorical(texts), "size": range(200)})
    if not has_categories:
        table["color"] = table["color"].cat.codes
    target = [float(text == "red") for text in texts]
    model = lightgbm.LGBMRegressor(n_estimators=5, min_child_samples=1, verbose=-1)
    model.fit(table, target)
    kind, values = (DataType.string(), texts) if has_categories else (DataType.int8(), table.color)
    file = write(
        tmp_path / "rows.parquet",
        color=([*values], kind),
        size=([*range(200)], DataType.int64()),
    )

    rows = read_rows(file, model, is_matrix=False)

    assert np.array_equal(model.predict(rows), model.predict(table))
