"""Damaged tables: the content of the file, the options, and the error's line."""

import gzip
import io
import zipfile
from typing import Any

import numpy as np
import pandas as pd

from tests.support.trainer.tables import TARGET, make_features, make_text_target

ROWS = 400
SPREAD = [7 * row for row in range(ROWS)]


def make_good_frame() -> pd.DataFrame:
    frame = make_features(ROWS)
    return frame.assign(**{TARGET: make_text_target(frame)})


def with_cell(value: object, row: int = 5) -> list[Any]:
    """Builds a column of numbers with a value in one row, counted from 1."""
    column: list[Any] = [index % 40 + 0.5 for index in range(ROWS)]
    column[row - 1] = value
    return column


def to_csv_bytes(frame: pd.DataFrame, **how: Any) -> bytes:
    return str(frame.to_csv(index=False, **how)).encode()


def build_workbook() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return target.getvalue()


GOOD = to_csv_bytes(make_good_frame())
LINES = GOOD.splitlines(keepends=True)
REFUSED: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "an empty file": (b"", {}, "the file is empty; its first line must name the columns"),
    "only blanks": (b" \n\n", {}, "the file is empty"),
    "only a header": (LINES[0], {}, "no rows below the header"),
    "too few rows": (
        b"".join(LINES[:40]),
        {},
        "only 39 rows have a value for the target 'goal'; at least 50",
    ),
    "binary data": (b"\x01\x02\0\x04" * 99, {}, "binary data"),
    "an Excel workbook": (
        build_workbook(),
        {},
        "a zip archive or an Excel workbook.*save the table as",
    ),
    "gzip": (gzip.compress(GOOD), {}, "compressed with gzip, .*unpack it first"),
    "SQLite": (b"SQLite format 3\0" + b"x" * 99, {}, "an SQLite database"),
    "JSON": (b'[{"a": 1}]', {}, "the file is JSON"),
    "a web page": (b"<html><body>404</body></html>", {}, "the file is HTML"),
    "cut-off Parquet": (b"PAR1" + b"x" * 99, {}, "the Parquet file is cut off or damaged"),
    "a ragged row": (
        b"".join([*LINES[:7], b"1,2\n", *LINES[7:]]),
        {},
        "line 8 has 2 cells, but the first line names 8 columns",
    ),
    "an open quote": (GOOD + b'"1,2\n', {}, "line 402: a quote is not closed"),
    "another encoding": (
        b"a,goal\n\xfc,yes\n",
        {},
        "line 2 is not UTF-8 text; it may be .* choose one",
    ),
    "not the given encoding": (GOOD, {"data": {"encoding": "ascii"}}, "line 1 is not ascii text"),
    "two separators": (
        b"a;b,goal\n" + b"1;2,yes\n3;4,no\n" * 99,
        {},
        "the separator may be ',' or ';'; choose one with --separator",
    ),
    "a title above the names": (
        b"Who left,,,,,,,\n" + GOOD,
        {},
        "no column 'goal'.*remove the lines above the header",
    ),
    "a comment above the names": (
        b"# exported\n" + GOOD,
        {},
        "line 2 has 8 cells.*remove the lines above the header",
    ),
    "two headers": (
        b"A,B,C,D,E,F,G,Goal\n" + GOOD,
        {"target": "Goal"},
        "of class 'goal' .1 of 401 rows.; .*a second header",
    ),
    "the wrong separator": (GOOD, {"data": {"separator": ";"}}, "no column 'goal'.*--separator"),
    "no header": (
        b"1.5,2.5,yes\n" + b"3.5,1.0,no\n" * 99,
        {},
        "no column 'goal'.*the first line looks like data",
    ),
    "a repeated name": (
        to_csv_bytes(make_good_frame().rename(columns={"whole": "flag"})),
        {},
        "more than one column is called 'flag'",
    ),
    "no such target": (GOOD, {"target": "left"}, "no column 'left'; set the target with --target"),
    "no such column to drop": (GOOD, {"drop": ("nix",)}, "no column 'nix' for --drop"),
    "the target dropped": (GOOD, {"drop": (TARGET,)}, "--drop names the target"),
    "the target as an id": (GOOD, {"id": (TARGET,)}, "--id names the target"),
    "no such private column": (GOOD, {"private": ("nix",)}, "no column 'nix' for --private"),
    "a private target": (GOOD, {"private": (TARGET,)}, "cannot be private, because every answer"),
    "a role for no column": (GOOD, {"roles": {"nix": "number"}}, "'nix' for .columns.roles."),
    "a number that is text": (GOOD, {"roles": {"label": "number"}}, "'label' cannot be a number: "),
    "an empty target": (
        to_csv_bytes(make_good_frame().assign(**{TARGET: ""})),
        {},
        "'goal' is empty in every row",
    ),
    "one class": (
        to_csv_bytes(make_good_frame().assign(**{TARGET: "yes"})),
        {},
        "has only one class, 'yes'; at leas",
    ),
    "too many classes": (
        to_csv_bytes(make_good_frame().assign(**{TARGET: SPREAD})),
        {"train": {"task": "classification"}},
        "has 400 distinct values",
    ),
    "a target of fractions": (
        to_csv_bytes(make_good_frame().assign(**{TARGET: np.linspace(0, 1, ROWS)})),
        {"train": {"task": "classification"}},
        "'goal' has fractions; classes must be text, whole numbers or booleans",
    ),
    "a class of one row": (
        to_csv_bytes(make_good_frame().assign(**{TARGET: ["rare"] + ["yes", "no", "no"] * 133})),
        {},
        "of class 'rare' .1 of 400 rows.; add more rows",
    ),
    "no such class": (GOOD, {"positive": "maybe"}, "--positive 'maybe' is not a class.*'no' and"),
    "a positive class among many": (
        to_csv_bytes(make_good_frame().assign(**{TARGET: ["a", "b", "c", "d"] * 100})),
        {"positive": "a"},
        "--positive a needs a target with two classes, but this one has 4",
    ),
    "an infinite number": (
        to_csv_bytes(make_good_frame().assign(n=with_cell("inf"))),
        {},
        "'n' has an infinite number in row 5",
    ),
    "a huge number": (
        to_csv_bytes(make_good_frame().assign(n=with_cell("1e300"))),
        {},
        "'n' has 1e.300, too large for a model, in row 5",
    ),
    "both decimal marks": (
        to_csv_bytes(make_good_frame().assign(n=[f"{row},5" for row in range(ROWS)])),
        {},
        "'n' has decimal commas and column 'prix .€.' decimal points",
    ),
    "thousands or fractions": (
        to_csv_bytes(make_good_frame().assign(n=["1,234", "5,678"] * 200)),
        {},
        "'n' has '1,234', which may be thousands or a fraction; set --decimal",
    ),
    "no column left": (
        to_csv_bytes(make_good_frame()[[TARGET]].assign(a=1)),
        {},
        "no column is left.*'a' is left out",
    ),
}
"""By damage: the file's content, keys of its request by section, a pattern of the line."""
