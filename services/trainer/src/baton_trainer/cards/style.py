"""The style of all plots: colours, sizes, and PNG files without pyplot's global state."""

import io
from collections.abc import Callable

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from baton_trainer.evaluation.outcome import format_amount

COLOURS = ("#2563eb", "#ea580c", "#059669", "#9333ea", "#dc2626", "#0891b2", "#ca8a04", "#64748b")
INK, QUIET = "#0f172a", "#94a3b8"
WIDE, NARROW = (8.4, 5.2), (6.6, 5.2)

Draw = Callable[[Axes], None]

_STYLE = {
    "font.size": 11.0,
    "axes.titlesize": 13.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e2e8f0",
    "legend.frameon": False,
    "figure.dpi": 120.0,
    "text.parse_math": False,  # a class may be called $x_{
}


def draw_png(draw: Draw, size: tuple[float, float] = NARROW) -> bytes:
    """Draws one plot as a PNG file."""
    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        file = io.BytesIO()
        figure.savefig(file)
    return file.getvalue()


def build_amount_formatter() -> FuncFormatter:
    """Builds what writes numbers of any size beside an axis; each axis needs its own."""
    return FuncFormatter(lambda value, _: format_amount(value))


def format_amounts(axis: Axis, steps: int = 5) -> None:
    """Writes a few numbers of any size beside an axis."""
    axis.set_major_locator(MaxNLocator(steps))
    axis.set_major_formatter(build_amount_formatter())


def shorten(label: object, max_length: int = 16) -> str:
    """Returns the label's text, cut to `max_length` characters."""
    text = str(label)
    return text if len(text) <= max_length else text[: max_length - 1] + "…"
