"""Fits a model of the zoo, exports it, and compares both."""

import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from baton_common.texts import get_first_line
from baton_export import Candidate, CannotExport, iter_candidates
from bench.measurements.zoo.case import COMPARED, LEARNED, Case, Data, draw_data
from tests.support.export.parity import Difference, feed, measure, start_session

_CALLS = 200
MORE_ROWS = 4_000


@dataclass(frozen=True)
class Result:
    """What became of a case.

    Attributes:
        case: the case.
        way: the way of the export that was kept; None if there is none.
        difference: on 1,000 rows that were not learned.
        wrong_later: on further rows that the choice did not see, the number with another answer.
        row_us: the time of one row in ONNX Runtime, in µs.
        kilobytes: the size of the graph.
        reason: why there is no export.
    """

    case: Case
    way: str | None = None
    difference: Difference | None = None
    wrong_later: int = 0
    row_us: float = 0.0
    kilobytes: float = 0.0
    reason: str = ""


class CannotFit(Exception):
    """scikit-learn itself refuses the case, or its library is not installed."""


def run(case: Case) -> Result:
    """Runs a case.

    Raises:
        CannotFit: there is no model to export.
    """
    warnings.simplefilter("ignore")
    data = draw_data(case)
    model = _fit(case, data)
    rows = data.rows[LEARNED : LEARNED + COMPARED]
    reason = "ONNX Runtime cannot load the graph"
    try:
        for candidate in iter_candidates(model, data.columns):
            with suppress(Exception):  # ONNX Runtime's errors have no common base
                difference = measure(model, candidate, data.columns, rows)
                if difference.is_none:
                    return _measure_more(case, model, candidate, difference, data)
                reason = _describe(difference)
    except CannotExport as error:
        reason = str(error)
    return Result(case, reason=reason)


def _fit(case: Case, data: Data) -> Any:
    rows = data.rows[: case.rows]
    try:
        model = case.build()
        if data.target is None:
            return model.fit(rows)
        return model.fit(rows, data.target[: case.rows])
    except Exception as error:
        raise CannotFit(get_first_line(error)) from error


def _measure_more(
    case: Case, model: Any, candidate: Candidate, difference: Difference, data: Data
) -> Result:
    wrong_later = _count_wrong(case, model, candidate, data)
    session = start_session(candidate.onnx)
    row = feed(session, data.columns, data.rows[LEARNED : LEARNED + 1])
    names = [each.name for each in session.get_outputs()]
    times = []
    for _ in range(_CALLS):
        start = time.perf_counter()
        session.run(names, row)
        times.append(time.perf_counter() - start)
    return Result(
        case, candidate.way, difference, wrong_later,
        float(np.median(times)) * 1e6, len(candidate.onnx) / 1e3,
    )  # fmt: skip


def _count_wrong(case: Case, model: Any, candidate: Candidate, data: Data) -> int:
    """Compares rows that the choice of the way did not see; at least 1 if any differs."""
    rows = draw_data(case, MORE_ROWS, seed=7).rows
    if case.variant == "categories":
        rows = _keep_categories(rows, data.rows)
    rows = _nudge(rows)
    try:
        model.predict(rows)
    except (IndexError, ValueError):  # CategoricalNB: a category beyond those learned
        return 0
    difference = measure(model, candidate, data.columns, rows)
    return 0 if difference.is_none else max(difference.labels, 1)


def _nudge(rows: pd.DataFrame) -> pd.DataFrame:
    """Moves every second row's fractions by one unit in the last place: near thresholds."""
    rows = rows.copy()
    for name in rows.select_dtypes("float").columns:
        column = rows[name].to_numpy(copy=True)
        column[::2] = np.nextafter(column[::2], np.inf)
        rows[name] = column
    return rows


def _keep_categories(rows: pd.DataFrame, learned: pd.DataFrame) -> pd.DataFrame:
    return rows.astype({name: learned[name].dtype for name in learned.select_dtypes("category")})


def _describe(difference: Difference) -> str:
    return f"differs: {difference.labels} labels, by {difference.greatest:.0e}"
