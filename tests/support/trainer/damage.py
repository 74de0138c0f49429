"""Tables that cannot be trained on: what is in the file, what is asked for, and the line."""

import gzip
import io
import zipfile
from typing import Any

import numpy as np
import pandas as pd

from tests.support.trainer.tables import TARGET, features, text_target

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
    "an open quote": (GOOD + b'"1,2\n', {}, "line 402: a quote is not closed"),
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
    "a title above the names": (
        b"Who left,,,,,,,\n" + GOOD,
        {},
        "no column 'goal'.*remove what stands above the line of names",
    ),
    "a comment above the names": (
        b"# exported\n" + GOOD,
        {},
        "line 2 has 8 cells .*remove what stands above the names",
    ),
    "two lines of names": (
        b"A,B,C,D,E,F,G,Goal\n" + GOOD,
        {"target": "Goal"},
        "of class 'goal', of which the table has 1; .*a second line of names",
    ),
    "the wrong separator": (GOOD, {"data": {"separator": ";"}}, "no column 'goal'.*--separator"),
    "no line of names": (
        b"1.5,2.5,yes\n" + b"3.5,1.0,no\n" * 99,
        {},
        "no column 'goal'.*the first line looks like data",
    ),
    "a name twice": (
        csv(good().rename(columns={"whole": "flag"})),
        {},
        "more than one column is called 'flag'",
    ),
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
"""By damage: the file's content, keys of its request by section, a pattern of the line."""
