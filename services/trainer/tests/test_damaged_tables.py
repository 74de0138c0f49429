"""Tables that cannot be trained on, or not as they are: each gives its line.

They go through `training.load` as a user's file does. An error comes before the registry is asked
anything, so nothing can have been registered.
"""

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from trainer_tables import TARGET, features, text_target

from baton_trainer import training
from baton_trainer.errors import DataError
from baton_trainer.request import TrainRequest

ROWS = 400
SPREAD = [7 * row for row in range(ROWS)]


def good() -> pd.DataFrame:
    frame = features(ROWS)
    return frame.assign(**{TARGET: text_target(frame)})


def with_cell(value: object, row: int = 5) -> list[Any]:
    """A column of numbers that has this in one row, counted from 1."""
    column: list[Any] = [index % 40 + 0.5 for index in range(ROWS)]
    column[row - 1] = value
    return column


def csv(frame: pd.DataFrame, **how: Any) -> bytes:
    return str(frame.to_csv(index=False, **how)).encode()


def load(folder: Path, content: bytes, **wanted: Any) -> list[str]:
    """The warnings of a table that loads; `wanted` are keys of its request by section."""
    file = folder / "t.csv"
    file.write_bytes(content)
    request = {
        "data": {"file": file, **wanted.pop("data", {})},
        "columns": {"target": TARGET, **wanted},
    }
    return list(training.load(TrainRequest.model_validate(request)).warnings)


def workbook() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return target.getvalue()


GOOD = csv(good())
LINES = GOOD.splitlines(keepends=True)
REFUSED: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "an empty file": (b"", {}, "the file is empty; its first line must name the columns"),
    "only blanks": (b" \n\n", {}, "the file is empty"),
    "only a header": (LINES[0], {}, "no rows below the line of names"),
    "too few rows": (b"".join(LINES[:40]), {}, "39 usable rows; at least 50 are needed"),
    "binary data": (b"\x01\x02\0\x04" * 99, {}, "binary data"),
    "an Excel workbook": (workbook(), {}, "a zip archive or an Excel workbook.*save the table as"),
    "gzip": (gzip.compress(GOOD), {}, "compressed with gzip, .*unpack it first"),
    "SQLite": (b"SQLite format 3\0" + b"x" * 99, {}, "an SQLite database"),
    "JSON": (b'[{"a": 1}]', {}, "the file is JSON"),
    "a web page": (b"<html><body>404</body></html>", {}, "the file is HTML"),
    "cut-off Parquet": (b"PAR1" + b"x" * 99, {}, "the Parquet file is cut off or damaged"),
    "a ragged row": (
        b"".join([*LINES[:7], b"1,2\n", *LINES[7:]]),
        {},
        "line 8 has 2 cells where the first line names 8 columns",
    ),
    "an open quote": (GOOD + b'"1,2\n', {}, "line 40[0-9] has"),
    "another encoding": (
        b"a,goal\n\xfc,yes\n",
        {},
        "line 2 is not UTF-8 text; it may be .* say which",
    ),
    "not the given encoding": (GOOD, {"data": {"encoding": "ascii"}}, "line 1 is not ascii text"),
    "two separators": (
        b"a;b,goal\n" + b"1;2,yes\n3;4,no\n" * 99,
        {},
        "the separator may be ',' or ';'; say which: --separator",
    ),
    "the wrong separator": (GOOD, {"data": {"separator": ";"}}, "no column 'goal'.*--separator"),
    "no line of names": (
        b"1.5,2.5,yes\n" + b"3.5,1.0,no\n" * 99,
        {},
        "no column 'goal'.*the first line looks like data",
    ),
    "a name twice": (csv(good().rename(columns={"whole": "flag"})), {}, "'flag' is there more tha"),
    "no such target": (GOOD, {"target": "left"}, "no column 'left'; name the target with --target"),
    "no such column to drop": (GOOD, {"drop": ("nix",)}, "no column 'nix' for --drop"),
    "the target dropped": (GOOD, {"drop": (TARGET,)}, "--drop names the target"),
    "the target as an id": (GOOD, {"id": (TARGET,)}, "--id names the target"),
    "a role for no column": (GOOD, {"roles": {"nix": "number"}}, "'nix' for .columns.roles."),
    "a number that is none": (GOOD, {"roles": {"label": "number"}}, "'label' cannot be a number: "),
    "a target of gaps": (csv(good().assign(**{TARGET: ""})), {}, "every 'goal' is missing"),
    "one class": (csv(good().assign(**{TARGET: "yes"})), {}, "has one class, 'yes'; two are nee"),
    "too many classes": (csv(good().assign(**{TARGET: SPREAD})), {}, "has 400 different values"),
    "a target of fractions": (
        csv(good().assign(**{TARGET: np.linspace(0, 1, ROWS)})),
        {},
        "'goal' holds fractions; classes are text, whole numbers or booleans",
    ),
    "a class of one row": (
        csv(good().assign(**{TARGET: ["rare"] + ["yes", "no", "no"] * 133})),
        {},
        "of class 'rare', of which the table has 1; give more",
    ),
    "no such class": (GOOD, {"positive": "maybe"}, "no class 'maybe' for --positive.*'no' and 'ye"),
    "a positive one of many": (
        csv(good().assign(**{TARGET: ["a", "b", "c", "d"] * 100})),
        {"positive": "a"},
        "--positive a is for a target of two classes, and this has 4",
    ),
    "an infinite number": (
        csv(good().assign(n=with_cell("inf"))),
        {},
        "'n' holds an infinite number, in row 5",
    ),
    "a huge number": (
        csv(good().assign(n=with_cell("1e300"))),
        {},
        "'n' holds 1e.300, too large for a model, in row 5",
    ),
    "both decimal marks": (
        csv(good().assign(n=[f"{row},5" for row in range(ROWS)])),
        {},
        "'n' has decimal commas and column 'prix .€.' decimal points",
    ),
    "thousands or fractions": (
        csv(good().assign(n=["1,234", "5,678"] * 200)),
        {},
        "'n' holds '1,234', which may be thousands or a fraction; say --decimal",
    ),
    "no column left": (csv(good()[[TARGET]].assign(a=1)), {}, "no column is left.*'a' is left out"),
}

TOLD: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "rows without a target": (
        csv(good().assign(**{TARGET: ["", ""] + ["yes", "no"] * 199})),
        {},
        "2 rows without a 'goal' are left out",
    ),
    "the target again": (
        csv(good().assign(leak=good()[TARGET])),
        {},
        "column 'leak' says the same as the target 'goal' in every row; .*--drop leak",
    ),
    "a column that gives the target away": (
        csv(good().assign(leak=(good()[TARGET] == "yes") + np.arange(ROWS) / 500)),
        {},
        "column 'leak' alone gives the target 'goal' away",
    ),
    "a column twice under two names": (
        csv(good().assign(again=good()["label"])),
        {},
        "column 'again' says the same as column 'label'",
    ),
    "an id of text": (
        csv(good().assign(key=[f"k{row}" for row in range(ROWS)])),
        {},
        "column 'key' is left out: an id",
    ),
    "an id kept as a number": (csv(good().assign(n=SPREAD)), {}, "column 'n' looks like an id"),
    "a row number": (
        csv(good().assign(n=range(ROWS))),
        {},
        "column 'n' is left out: a row number",
    ),
    "dates": (
        csv(good().assign(day=pd.date_range("2024-01-01", periods=ROWS).astype(str))),
        {},
        "column 'day' is left out: a date; derive a number from it",
    ),
    "free text": (
        csv(good().assign(note=[f"they called about case {row}" for row in range(ROWS)])),
        {},
        "column 'note' is left out: free text",
    ),
    "very many categories": (
        csv(good().assign(town=[f"town {row % 150}" for row in range(ROWS)])),
        {},
        "column 'town': the 100 most frequent of 150 texts are told apart",
    ),
    "a constant": (csv(good().assign(c=1)), {}, "column 'c' is left out: it says the same"),
    "an empty column": (csv(good().assign(c="")), {}, "column 'c' is left out: it is empty"),
    "a column without a name": (csv(good().assign(**{"": 1})), {}, "'' is left out: it has no n"),
    "a word among numbers": (
        csv(good().assign(n=with_cell("?"))),
        {},
        "'n' is read as text because of 1 cells that are no numbers, e.g. '.' in row 5",
    ),
    "the wrong decimal mark": (
        csv(good().assign(n=["1,5", "2,5"] * 200)),
        {"data": {"decimal": "."}},
        "'n' is read as text and looks like numbers with a decimal comma; if so: --decimal ,",
    ),
    "many copies": (
        csv(pd.DataFrame({"a": [0, 1, 2, 3] * 100, TARGET: ["x", "y", "x", "x"] * 100})),
        {},
        "400 of 400 rows are copies of a few",
    ),
}


@pytest.mark.parametrize("damage", REFUSED)
def test_what_cannot_be_trained_on_is_refused(damage: str, tmp_path: Path) -> None:
    """One line: the file, what is wrong, where, and what to do."""
    content, wanted, line = REFUSED[damage]
    with pytest.raises(DataError, match=line) as raised:
        load(tmp_path, content, **wanted)
    assert str(raised.value).startswith(f"{tmp_path}/t.csv: ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("oddity", TOLD)
def test_what_looks_odd_is_told_and_trained_on(oddity: str, tmp_path: Path) -> None:
    """One line that names the column."""
    content, wanted, line = TOLD[oddity]
    warnings = load(tmp_path, content, **wanted)
    assert pd.Series(warnings).str.contains(line).any(), warnings
    assert not any("\n" in warning for warning in warnings)


def test_nothing_is_said_of_a_good_table(tmp_path: Path) -> None:
    """Warnings are worth reading because they are rare."""
    assert load(tmp_path, GOOD) == []


def test_what_cannot_be_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system's own words: missing, a folder, no permission."""
    request = {"data": {"file": tmp_path / "nix.csv"}}
    with pytest.raises(DataError, match=r"nix\.csv: No such file.*; name a CSV or Parquet file"):
        training.load(TrainRequest.model_validate(request))
    with pytest.raises(DataError, match="Is a directory"):
        training.load(TrainRequest.model_validate({"data": {"file": tmp_path}}))

    def forbidden(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")  # root, who runs tests, may read anything

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(DataError, match=r"nix\.csv: Permission denied"):
        training.load(TrainRequest.model_validate(request))
