"""Bodies for `/invocations`, odd and plain, by what is odd about them."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.bodies.customer import CUSTOMER

Row = Mapping[str, Any]
ROW: Row = {**CUSTOMER, "TotalCharges": 29.85}
OTHER: Row = {
    **ROW,
    "tenure": 60,
    "Contract": "Two year",
    "InternetService": "No",
    "MonthlyCharges": 20.05,
    "TotalCharges": 1203.0,
}
"""Gets the other label."""
NAMES = [*ROW]
CELLS = [*ROW.values()]
JSON, CSV = "application/json", "text/csv"


def row(**cells: Any) -> dict[str, Any]:
    """`ROW` with other cells."""
    return {**ROW, **cells}


def without(*names: str) -> dict[str, Any]:
    """`ROW` without some cells."""
    return {name: value for name, value in ROW.items() if name not in names}


def columns(*rows: Row, **cells: Any) -> dict[str, Any]:
    """Rows as columns, some of them replaced."""
    return {**{name: [each[name] for each in rows] for name in ROW}, **cells}


def split(*data: Any, names: Any = NAMES, **more: Any) -> dict[str, Any]:
    """`dataframe_split` of rows of cells."""
    return {"dataframe_split": {"columns": names, "data": [*data], **more}}


def csv_text(*rows: Row, names: Iterable[str] = NAMES) -> str:
    """Rows as CSV with a header."""
    text = io.StringIO()
    table = csv.DictWriter(text, [*names], extrasaction="ignore")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


ROWS: dict[str, list[Any]] = {
    "one row": [ROW],
    "two rows": [ROW, OTHER],
    "extra column": [row(extra=1)],
    "extra column in one row": [ROW, row(extra=1)],
    "extra lists": [row(extra=[1, 2])],
    "extra ragged lists": [row(extra=[[1], [1, 2]])],
    "column missing": [without("tenure")],
    "optional column missing": [without("TotalCharges")],
    "whole number missing in one row": [ROW, without("tenure")],
    "number missing in one row": [ROW, without("MonthlyCharges")],
    "text missing in one row": [OTHER, without("gender")],
    "optional missing in one row": [ROW, without("TotalCharges")],
    "null number": [row(MonthlyCharges=None)],
    "null whole number": [row(tenure=None)],
    "null text": [row(Contract=None)],
    "null optional": [row(TotalCharges=None)],
    "text for a number": [row(MonthlyCharges="29.85")],
    "text for a whole number": [row(tenure=" 60 ")],
    "underscores in a number": [row(MonthlyCharges="1_0.5")],
    "a word for a number": [row(MonthlyCharges="much")],
    "a word for a whole number": [row(tenure="1.5")],
    "empty text for a number": [row(MonthlyCharges="")],
    "nan in text": [row(MonthlyCharges="nan")],
    "boolean for a number": [row(MonthlyCharges=True)],
    "boolean for a whole number": [row(SeniorCitizen=True)],
    "number for text": [row(Contract=1)],
    "numbers and text": [row(Contract=1), ROW],
    "list for text": [row(Contract=["Two year"])],
    "object for text": [row(Contract={"a": 1})],
    "list for a number": [row(MonthlyCharges=[1])],
    "object for a number": [row(MonthlyCharges={"a": 1})],
    "unknown category": [row(Contract="Ten years")],
    "empty category": [row(Contract="")],
    "the category None": [row(Contract="None")],
    "whole number as a float": [row(tenure=60.0)],
    "2**63": [row(tenure=2**63)],
    "2**64": [row(tenure=2**64)],
    "2**63 beside -1": [row(tenure=2**63), row(tenure=-1)],
    "a very large number": [row(MonthlyCharges=1e300)],
    "NaN": [row(MonthlyCharges=float("nan"))],
    "Infinity": [row(MonthlyCharges=float("inf"))],
    "NUL in text": [row(Contract="Two year\0")],
    "no rows": [],
    "null row": [None],
    "null row after another": [ROW, None],
    "number for a row": [ROW, 1],
    "text for a row": ["a"],
    "list for a row": [CELLS],
    "pairs for a row": [ROW, [[name, value] for name, value in OTHER.items()]],
    "empty row": [{}],
    "empty row after another": [ROW, {}],
}

DOCUMENTS: dict[str, Any] = {
    "columns": {"inputs": columns(ROW, OTHER)},
    "columns as instances": {"instances": columns(ROW, OTHER)},
    "single values": {"inputs": dict(ROW)},
    "single values and an extra one": {"inputs": row(extra=1)},
    "a single value among lists": {"inputs": columns(ROW, OTHER, Contract="Two year")},
    "a null among lists": {"inputs": columns(ROW, OTHER, MonthlyCharges=None)},
    "a column too short": {"inputs": columns(ROW, OTHER, tenure=[1])},
    "an extra column too short": {"inputs": columns(ROW, OTHER, extra=[1])},
    "an extra object": {"inputs": columns(ROW, OTHER, extra={"a": 1})},
    "a column of lists": {"inputs": columns(ROW, OTHER, tenure=[[1], [60]])},
    "null in a column of text": {"inputs": columns(ROW, OTHER, Contract=[None, "Two year"])},
    "empty columns": {"inputs": columns()},
    "inputs of text": {"inputs": "a"},
    "inputs of null": {"inputs": None},
    "instances of a number": {"instances": 1},
    "records of an object": {"dataframe_records": dict(ROW)},
    "split": split(CELLS, [*OTHER.values()]),
    "split, columns in another order": split(CELLS[::-1], names=NAMES[::-1]),
    "split, an extra column": split([*CELLS, 1], names=[*NAMES, "extra"]),
    "split, a column twice": split([*CELLS, 1], names=[*NAMES, "tenure"]),
    "split, an extra column twice": split([*CELLS, 1, 2], names=[*NAMES, "extra", "extra"]),
    "split without columns": {"dataframe_split": {"data": [CELLS]}},
    "split, columns null": split(CELLS, names=None),
    "split, columns an object": split(CELLS, names=dict.fromkeys(NAMES)),
    "split, columns lists": split(CELLS, names=[[name] for name in NAMES]),
    "split, a name that is none": split([*CELLS, 1], names=[*NAMES, None]),
    "split, a row too short": split(CELLS[:-1]),
    "split, the second row too short": split(CELLS, CELLS[:-1]),
    "split, the second row empty": split(CELLS, []),
    "split, a row too long": split([*CELLS, 1]),
    "split, a null row": split(CELLS, None),
    "split, a number for a row": split(CELLS, 1),
    "split, rows of objects": split(dict(ROW), dict(OTHER)),
    "split, objects without columns": {"dataframe_split": {"data": [dict(ROW)]}},
    "split, an index": split(CELLS, CELLS, index=["a", "a"]),
    "split, an index too short": split(CELLS, CELLS, index=[0]),
    "split, an index of levels": split(CELLS, CELLS, index=[[1, 2], [3, 4]]),
    "split, a number for an index": split(CELLS, index=1),
    "split without data": {"dataframe_split": {"columns": NAMES}},
    "split, data null": {"dataframe_split": {"columns": NAMES, "data": None}},
    "split, no data": split(),
    "split, data of columns": {"dataframe_split": {"data": columns(ROW, OTHER)}},
    "split, data of single values": {"dataframe_split": {"data": dict(ROW)}},
    "split, single values and an index": {"dataframe_split": {"data": dict(ROW), "index": [7]}},
    "split, columns of objects": {
        "dataframe_split": {"data": {k: {"x": v, "y": OTHER[k]} for k, v in ROW.items()}}
    },
    "split, an unknown key": split(CELLS, more=1),
    "split of a list": {"dataframe_split": [CELLS]},
    "two forms": {"dataframe_records": [dict(ROW)], "instances": [dict(ROW)]},
    "no form": {"rows": [dict(ROW)]},
    "an unknown key beside a form": {"dataframe_records": [dict(ROW)], "more": 1},
    "params": {"dataframe_records": [dict(ROW)], "params": {"a": 1}},
    "a key for language models": {"dataframe_records": [dict(ROW)], "input": 1},
    "a list": [dict(ROW)],
}

_GOOD = json.dumps({"dataframe_records": [ROW]})
TEXTS: dict[str, bytes] = {
    "empty": b"",
    "cut off": _GOOD[:-1].encode(),
    "trailing text": _GOOD.encode() + b" x",
    "trailing comma": b'{"dataframe_records":[],}',
    "not UTF-8": _GOOD.replace("Female", "\xff").encode("latin-1"),
    "a byte order mark": b"\xef\xbb\xbf" + _GOOD.encode(),
    "UTF-16": _GOOD.encode("utf-16"),
    "a control character": _GOOD.replace("Female", "\t").encode(),
    "a lone surrogate": _GOOD.replace("Female", "\\ud800").encode(),
    "a duplicate key": f'{{"dataframe_records":1,{_GOOD[1:]}'.encode(),
    "1e999": _GOOD.replace("29.85", "1e999").encode(),
    "very deep": b"[" * 100_000,
    "a very long number": _GOOD.replace("29.85", "9" * 5000).encode(),
}

_HEADER, _LINE = csv_text(ROW).splitlines()
TABLES: dict[str, str | bytes] = {
    "plain": csv_text(ROW, OTHER),
    "line feeds only": csv_text(ROW, OTHER).replace("\r\n", "\n"),
    "carriage returns only": csv_text(ROW, OTHER).replace("\r\n", "\r"),
    "no last line end": csv_text(ROW, OTHER).rstrip(),
    "blank lines": csv_text(ROW).replace("\r\n", "\n\n \n"),
    "columns in another order": csv_text(ROW, OTHER, names=NAMES[::-1]),
    "extra column": csv_text(row(extra="a"), names=[*NAMES, "extra"]),
    "column missing": csv_text(ROW, names=NAMES[1:]),
    "optional column missing": csv_text(ROW, names=NAMES[:-1]),
    "missing number": csv_text(row(MonthlyCharges="NA"), OTHER),
    "missing text": csv_text(row(Contract="n/a"), OTHER),
    "missing whole number": csv_text(row(tenure="")),
    "a marker that is none": csv_text(row(MonthlyCharges="none")),
    "upper case NAN": csv_text(row(MonthlyCharges="NAN")),
    "infinity": csv_text(row(MonthlyCharges="inf")),
    "1e400": csv_text(row(MonthlyCharges="1e400")),
    "a word for a number": csv_text(row(MonthlyCharges="much")),
    "spaces around numbers": csv_text(row(MonthlyCharges=" 29.85 ", tenure=" 1 ")),
    "spaces around text": csv_text(row(Contract=" Two year")),
    "underscores in a number": csv_text(row(MonthlyCharges="1_0")),
    "hexadecimal": csv_text(row(tenure="0x1")),
    "a fraction for a whole number": csv_text(row(tenure="1.5")),
    "a whole number as a float": csv_text(row(tenure="60.0")),
    "an exponent for a whole number": csv_text(row(tenure="6e1")),
    "booleans for numbers": csv_text(row(tenure="True", MonthlyCharges="false")),
    "a boolean beside a number": csv_text(row(tenure="True"), OTHER),
    "2**63": csv_text(row(tenure=2**63)),
    "quoted": ",".join(f'"{name}"' for name in NAMES) + "\n" + _LINE,
    "a quoted comma": csv_text(row(Contract="Two, year")),
    "a quoted quote": csv_text(row(Contract='Two "year"')),
    "a quoted line end": csv_text(row(Contract="Two\r\nyear")),
    "a quote in the middle": f"{_HEADER}\n{_LINE}".replace("Month-to", 'Month"to'),
    "text after a quote": f"{_HEADER}\n{_LINE}".replace("Month-to-month", '"Month-"to-month'),
    "an open quote": f"{_HEADER}\n{_LINE}".replace("Month-to-month", '"Month-to-month'),
    "a row too short": f"{csv_text(OTHER)}{_LINE.rpartition(',')[0]}",
    "a row too long": f"{csv_text(OTHER)}{_LINE},1",
    "a first row too long": f"{_HEADER}\n{_LINE},1",
    "an index": f"{_HEADER}\n7,{_LINE}\n8,{_LINE}\n",
    "a column twice": f"{_HEADER},tenure\n{_LINE},60\n",
    "a byte order mark": b"\xef\xbb\xbf" + csv_text(ROW).encode(),
    "not UTF-8": csv_text(row(Contract="\xff")).encode("latin-1"),
    "a header only": _HEADER,
    "empty": "",
    "semicolons": csv_text(ROW).replace(",", ";"),
}


def bodies() -> dict[str, tuple[str | bytes, str]]:
    """Every body and its content type, by a name for it."""
    forms = ("dataframe_records", "instances", "inputs")
    named: dict[str, tuple[str | bytes, str]] = {
        f"{form}: {name}": (json.dumps({form: rows}), JSON)
        for form in forms
        for name, rows in ROWS.items()
    }
    named |= {name: (json.dumps(document), JSON) for name, document in DOCUMENTS.items()}
    named |= {f"JSON: {name}": (text, JSON) for name, text in TEXTS.items()}
    named |= {f"CSV: {name}": (text, CSV) for name, text in TABLES.items()}
    return named
