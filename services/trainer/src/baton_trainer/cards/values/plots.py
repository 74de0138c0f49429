"""Plots of a regression's predictions on the held-out rows."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from baton_trainer.cards.style import COLOURS, INK, QUIET, build_amount_formatter, format_amounts
from baton_trainer.evaluation.outcome import Floats, format_amount
from baton_trainer.evaluation.values.outcome import ValueOutcome

MAX_DOTS = 2_000
"""More dots hide each other; their density is drawn instead."""
GROUPS = 10

_HEXAGONS, _BINS = 45, 60
_ON_WHITE = {"frameon": True, "facecolor": "white", "edgecolor": "none", "framealpha": 0.85}
_SHOWN = (0.002, 0.998)
"""The quantiles between which values are drawn: a few outliers would hide the rest."""


def draw_predicted(axes: Axes, outcome: ValueOutcome) -> None:
    """Draws the predicted value over the actual one, with the line on which both are equal."""
    low, high = _choose_range(np.concatenate([outcome.truth, outcome.predictions]))
    _draw_rows(axes, outcome.truth, outcome.predictions, (low, high), (low, high))
    axes.plot([low, high], [low, high], "--", color=INK, linewidth=1.2, label="predicted = actual")
    axes.set(title="Predicted and actual values on held-out rows", xlabel="Actual value")
    axes.set(ylabel="Predicted value", xlim=(low, high), ylim=(low, high))
    axes.legend(loc="upper left", **_ON_WHITE)
    _format_axes(axes)


def draw_residuals(axes: Axes, outcome: ValueOutcome) -> None:
    """Draws the error over the predicted value, with the median error of ten groups of rows."""
    across = _choose_range(outcome.predictions)
    reach = float(np.abs(_choose_range(outcome.errors)).max())
    _draw_rows(axes, outcome.predictions, outcome.errors, across, (-reach, reach))
    axes.axhline(0, linestyle="--", color=INK, linewidth=1.2)
    groups = _split_by(outcome.predictions)
    middle = [np.median(outcome.predictions[rows]) for rows in groups]
    tenths = np.array([np.quantile(outcome.errors[rows], [0.1, 0.5, 0.9]) for rows in groups])
    axes.fill_between(
        middle, tenths[:, 0], tenths[:, 2], color=COLOURS[1], alpha=0.15, label="80 % of the errors"
    )
    axes.plot(middle, tenths[:, 1], "o-", color=COLOURS[1], markersize=4, label="median error")
    axes.set(title="Errors on held-out rows", xlabel="Predicted value", xlim=across)
    axes.set(ylabel="Error: predicted minus actual", ylim=(-reach, reach))
    axes.legend(loc="best", **_ON_WHITE)
    _format_axes(axes)


def draw_errors(axes: Axes, outcome: ValueOutcome) -> None:
    """Draws the distribution of the errors."""
    reach = float(np.abs(_choose_range(outcome.errors)).max())
    inside = outcome.errors[np.abs(outcome.errors) <= reach]
    axes.hist(inside, bins=_BINS, range=(-reach, reach), color=COLOURS[0], alpha=0.7)
    low, middle, high = np.quantile(outcome.errors, [0.05, 0.5, 0.95])
    axes.axvspan(
        low,
        high,
        color=COLOURS[0],
        alpha=0.08,
        label=f"90 % of the errors: {format_amount(low)} to {format_amount(high)}",
    )
    axes.axvline(middle, color=COLOURS[1], linewidth=1.5, label=f"median {format_amount(middle)}")
    axes.axvline(0, linestyle="--", color=INK, linewidth=1.2)
    axes.set(
        title="Distribution of the errors", xlabel="Error: predicted minus actual", ylabel="Rows"
    )
    axes.set_xlim(-reach, reach)
    axes.margins(y=0.25)
    axes.legend(loc="upper left", **_ON_WHITE)
    _format_axes(axes)


def draw_calibration(axes: Axes, outcome: ValueOutcome) -> None:
    """Draws the mean actual value of ten groups of rows, with its 95 % interval."""
    groups = _split_by(outcome.predictions)
    predicted = np.array([outcome.predictions[rows].mean() for rows in groups])
    actual = np.array([outcome.truth[rows].mean() for rows in groups])
    reach = 1.96 * np.array([outcome.truth[rows].std() / np.sqrt(len(rows)) for rows in groups])
    ends = np.concatenate([predicted, actual - reach, actual + reach])
    pad = 0.04 * np.ptp(ends)
    low, high = ends.min() - pad, ends.max() + pad
    axes.plot([low, high], [low, high], "--", color=QUIET, linewidth=1)
    axes.errorbar(predicted, actual, reach, fmt="o-", color=COLOURS[0], markersize=5, capsize=3)
    axes.set(title="Mean values by predicted value", xlabel="Mean predicted value of a tenth")
    axes.set(ylabel="Mean actual value, 95 % interval", xlim=(low, high), ylim=(low, high))
    _format_axes(axes)


def _draw_rows(
    axes: Axes,
    across: Floats,
    up: Floats,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
) -> None:
    """Draws a dot for each row; of many rows, their number in each hexagon."""
    if len(across) <= MAX_DOTS:
        axes.plot(across, up, "o", color=COLOURS[0], markersize=4, alpha=0.35, markeredgewidth=0)
        return
    hexagons = axes.hexbin(
        across,
        up,
        gridsize=_HEXAGONS,
        extent=(*x_range, *y_range),
        bins="log",
        mincnt=1,
        cmap="Blues",
        linewidths=0.1,
    )
    figure = axes.figure
    numbers = build_amount_formatter()
    bar = figure.colorbar(hexagons, ax=axes, label="Rows", pad=0.02, format=numbers)
    bar.outline.set_visible(False)


def _choose_range(values: Floats) -> tuple[float, float]:
    """The range that holds nearly all values, a little wider."""
    low, high = np.quantile(values, _SHOWN)
    pad = 0.04 * float(high - low) or 1.0
    return float(low) - pad, float(high) + pad


def _split_by(values: Floats) -> list[NDArray[np.intp]]:
    """Splits the rows into groups of about equal size, in the order of the values."""
    return [rows for rows in np.array_split(np.argsort(values, kind="stable"), GROUPS) if len(rows)]


def _format_axes(axes: Axes) -> None:
    format_amounts(axes.xaxis, steps=4)
    format_amounts(axes.yaxis)
