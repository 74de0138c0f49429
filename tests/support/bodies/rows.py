"""Rows of the churn table, and the forms of `/invocations` that hold them."""

import csv
import io
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
"""The model gives it the other label."""
NAMES = [*ROW]
CELLS = [*ROW.values()]
JSON, CSV = "application/json", "text/csv"


def make_row(**cells: Any) -> dict[str, Any]:
    """Makes `ROW` with other cells."""
    return {**ROW, **cells}


def drop_cells(*names: str) -> dict[str, Any]:
    """Makes `ROW` without some cells."""
    return {name: value for name, value in ROW.items() if name not in names}


def make_columns(*rows: Row, **cells: Any) -> dict[str, Any]:
    """Makes columns of rows; `cells` replaces some of them."""
    return {**{name: [each[name] for each in rows] for name in ROW}, **cells}


def make_split(*data: Any, names: Any = NAMES, **more: Any) -> dict[str, Any]:
    """Makes `dataframe_split` of rows of cells."""
    return {"dataframe_split": {"columns": names, "data": [*data], **more}}


def format_csv(*rows: Row, names: Iterable[str] = NAMES) -> str:
    """Formats rows as CSV with a header."""
    text = io.StringIO()
    table = csv.DictWriter(text, [*names], extrasaction="ignore")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()
