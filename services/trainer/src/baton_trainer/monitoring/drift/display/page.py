"""A report of drift as one HTML file that needs no other."""

import base64
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from baton_trainer.monitoring.drift.column_drift import ColumnDrift
from baton_trainer.monitoring.drift.display import texts
from baton_trainer.monitoring.drift.display.plots import draw_column
from baton_trainer.monitoring.drift.display.tables import format_p_value
from baton_trainer.monitoring.drift.drift_report import DriftReport
from baton_trainer.monitoring.drift.verdict import LARGE, MIN_ROWS, MODERATE

MAX_PLOTS = 20
"""Of the worst columns. A plot is about 30 KB."""
MAX_LINES = 1_000


def render_page(report: DriftReport) -> str:
    """Renders the page, with plots of the worst columns in it."""
    environment = Environment(
        loader=PackageLoader("baton_trainer.monitoring.drift.display"),
        autoescape=True,  # a column may be called <script>
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("drift.html.j2").render(_build_content(report)) + "\n"


def _build_content(report: DriftReport) -> dict[str, Any]:
    shown = [*report.drifted, *(each for each in report.tested if not each.has_drifted)]
    return {
        "report": report,
        "rows": texts.describe_rows(report),
        "notes": texts.list_notes(report),
        "cells": [_describe_cells(each) for each in report.suspicious[:MAX_LINES]],
        "columns": [_describe_drift(each) for each in report.tested[:MAX_LINES]],
        "left_out": max(len(report.tested) - MAX_LINES, 0),
        "plots": [_build_plot(each) for each in shown[:MAX_PLOTS]],
        "limits": {"rows": MIN_ROWS, "moderate": MODERATE, "large": LARGE},
    }


def _describe_cells(column: ColumnDrift) -> dict[str, Any]:
    return {
        "column": column,
        "missing": texts.format_share(column.missing, column.missing_before),
        "unseen": texts.describe_unseen(column),
        "outside": texts.describe_outside(column),
    }


def _describe_drift(column: ColumnDrift) -> dict[str, Any]:
    return {
        "column": column,
        "p": format_p_value(column.adjusted or 0.0),
        "change": texts.describe_change(column),
    }


def _build_plot(column: ColumnDrift) -> dict[str, Any]:
    png = base64.b64encode(draw_column(column)).decode()
    return {"column": column, "source": f"data:image/png;base64,{png}"}
