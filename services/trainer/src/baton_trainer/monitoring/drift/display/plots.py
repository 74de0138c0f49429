"""The plots of a report: the shares of each bin, in training and in the log."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from baton_trainer.cards.style import COLOURS, QUIET, draw_png, shorten
from baton_trainer.monitoring.drift.column_drift import ColumnDrift

MAX_BINS = 12

_MAX_NAME = 26
_HEIGHT = 0.4
_SIZE = 6.6, 4.4


def draw_column(column: ColumnDrift) -> bytes:
    """Draws a column as a PNG file, two bars a bin; of many bins those that changed most."""
    return draw_png(lambda axes: _draw_bars(axes, column), _SIZE)


def choose_bins(column: ColumnDrift) -> list[int]:
    """Chooses the bins to draw, in their order: none that is empty, at most `MAX_BINS`."""
    before, now = _compute_shares(column)
    change = np.abs(now - before)
    used = np.flatnonzero(before + now)
    chosen = used[np.argsort(-change[used], kind="stable")[:MAX_BINS]]
    return sorted(chosen.tolist())


def _draw_bars(axes: Axes, column: ColumnDrift) -> None:
    before, now = _compute_shares(column)
    bins = choose_bins(column)
    places = np.arange(len(bins))
    height = _HEIGHT
    axes.barh(places - height / 2, before[bins], height, color=QUIET, label="training")
    axes.barh(places + height / 2, now[bins], height, color=COLOURS[0], label="now")
    names = [shorten(column.cells.names[each], _MAX_NAME) for each in bins]
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(loc="best")
    left_out = int(np.count_nonzero(before + now)) - len(bins)
    axes.set_xlabel(
        "share of the rows"
        + (f"; {left_out} bins that changed less are left out" if left_out else "")
    )


def _compute_shares(column: ColumnDrift) -> tuple[np.ndarray, np.ndarray]:
    cells = column.cells
    return cells.before / max(cells.before.sum(), 1), cells.now / max(cells.now.sum(), 1)
