"""Damaged and suspicious tables: each gives one line, an error or a warning.

They go through `loading.load` as a user's file does. Errors occur before the first request to the
registry, so nothing is registered.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.request import TrainRequest
from baton_trainer.tables import loading
from tests.support.trainer.damage import (
    GOOD,
    REFUSED,
    ROWS,
    SPREAD,
    make_good_frame,
    to_csv_bytes,
    with_cell,
)
from tests.support.trainer.tables import TARGET


def load(folder: Path, content: bytes, **options: Any) -> list[str]:
    """Returns the warnings of a valid table; `options` are keys of its request by section."""
    file = folder / "t.csv"
    file.write_bytes(content)
    request = {
        "data": {"file": file, **options.pop("data", {})},
        "train": options.pop("train", {}),
        "columns": {"target": TARGET, **options},
    }
    return list(loading.load(TrainRequest.model_validate(request)).warnings)


WARNED: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "rows without a target": (
        to_csv_bytes(make_good_frame().assign(**{TARGET: ["", ""] + ["yes", "no"] * 199})),
        {},
        "2 rows without a 'goal' value are left out",
    ),
    "the target again": (
        to_csv_bytes(make_good_frame().assign(leak=make_good_frame()[TARGET])),
        {},
        "column 'leak' matches the target 'goal' in every row; .*--drop leak",
    ),
    "a leak": (
        to_csv_bytes(
            make_good_frame().assign(
                leak=(make_good_frame()[TARGET] == "yes") + np.arange(ROWS) / 500
            )
        ),
        {},
        "column 'leak' alone predicts the target 'goal'",
    ),
    "a column twice under two names": (
        to_csv_bytes(make_good_frame().assign(again=make_good_frame()["label"])),
        {},
        "column 'again' repeats column 'label'",
    ),
    "an id of text": (
        to_csv_bytes(make_good_frame().assign(key=[f"k{row}" for row in range(ROWS)])),
        {},
        "column 'key' is left out: an id",
    ),
    "an id kept as a number": (
        to_csv_bytes(make_good_frame().assign(n=SPREAD)),
        {},
        "column 'n' looks like an id",
    ),
    "whole numbers that a model rounds": (
        to_csv_bytes(make_good_frame().assign(n=[2**24 + row % 150 for row in range(ROWS)])),
        {},
        "column 'n' has whole numbers above 16,777,216, .* 75 of 150 distinct values remain",
    ),
    "a row number": (
        to_csv_bytes(make_good_frame().assign(n=range(ROWS))),
        {},
        "column 'n' is left out: a row number",
    ),
    "dates": (
        to_csv_bytes(
            make_good_frame().assign(day=pd.date_range("2024-01-01", periods=ROWS).astype(str))
        ),
        {},
        "column 'day' is left out: a date; derive a number from it",
    ),
    "free text": (
        to_csv_bytes(
            make_good_frame().assign(note=[f"they called about case {row}" for row in range(ROWS)])
        ),
        {},
        "column 'note' is left out: free text",
    ),
    "very many categories": (
        to_csv_bytes(make_good_frame().assign(town=[f"town {row % 150}" for row in range(ROWS)])),
        {},
        "column 'town': only the 100 most frequent of 150 texts are categories",
    ),
    "a constant": (
        to_csv_bytes(make_good_frame().assign(c=1)),
        {},
        "column 'c' is left out: it has one value",
    ),
    "an empty column": (
        to_csv_bytes(make_good_frame().assign(c="")),
        {},
        "column 'c' is left out: it is empty",
    ),
    "a column without a name": (
        to_csv_bytes(make_good_frame().assign(**{"": 1})),
        {},
        "'' is left out: it has no n",
    ),
    "a word among numbers": (
        to_csv_bytes(make_good_frame().assign(n=with_cell("?"))),
        {},
        "'n' is read as text because 1 of 400 cells are not numbers, e.g. '.' in row 5",
    ),
    "the wrong decimal mark": (
        to_csv_bytes(make_good_frame().assign(n=["1,5", "2,5"] * 200)),
        {"data": {"decimal": "."}},
        "'n' is read as text but looks like numbers with a decimal comma; if so, set --decimal ,",
    ),
    "many copies": (
        to_csv_bytes(pd.DataFrame({"a": [0, 1, 2, 3] * 100, TARGET: ["x", "y", "x", "x"] * 100})),
        {},
        "400 of 400 rows are copies of a few",
    ),
}


@pytest.mark.parametrize("damage", REFUSED)
def test_a_damaged_table_is_rejected(damage: str, tmp_path: Path) -> None:
    """One line names the file, what is wrong, where, and what to do."""
    content, options, line = REFUSED[damage]
    with pytest.raises(DataError, match=line) as raised:
        load(tmp_path, content, **options)
    assert str(raised.value).startswith(f"{tmp_path}/t.csv: ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("suspicion", WARNED)
def test_a_suspicious_table_gives_a_warning(suspicion: str, tmp_path: Path) -> None:
    """One line names the column."""
    content, options, line = WARNED[suspicion]
    warnings = load(tmp_path, content, **options)
    assert pd.Series(warnings).str.contains(line).any(), warnings
    assert not any("\n" in warning for warning in warnings)


def test_a_good_table_gives_no_warning(tmp_path: Path) -> None:
    """Warnings stay rare."""
    assert load(tmp_path, GOOD) == []


def test_an_unreadable_file_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line has the system's words: missing, a folder, no permission."""
    request = {"data": {"file": tmp_path / "nix.csv"}}
    with pytest.raises(DataError, match=r"nix\.csv: No such file.*; name a CSV or Parquet file"):
        loading.load(TrainRequest.model_validate(request))
    with pytest.raises(DataError, match="Is a directory"):
        loading.load(TrainRequest.model_validate({"data": {"file": tmp_path}}))

    def raise_permission_error(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")  # root may read any file

    monkeypatch.setattr(Path, "read_bytes", raise_permission_error)
    with pytest.raises(DataError, match=r"nix\.csv: Permission denied"):
        loading.load(TrainRequest.model_validate(request))
