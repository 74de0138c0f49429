"""The style of all plots: colours, sizes, and PNG files without pyplot's global state."""

import io
from collections.abc import Callable, Sequence

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from baton_trainer.evaluation.outcome import format_amount

COLOURS = ("#2563eb", "#ea580c", "#059669", "#9333ea", "#dc2626", "#0891b2", "#ca8a04", "#64748b")
INK, QUIET = "#0f172a", "#94a3b8"
WIDE, NARROW = (8.4, 5.2), (6.6, 5.2)

_LONGER = (28, 36, 44)
"""Lengths of labels that begin and end alike."""

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
    "legend.edgecolor": "none",
    "legend.framealpha": 0.85,  # curves may lie under it
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


def shorten(label: object, max_length: int = 20) -> str:
    """Returns the label's text, at most `max_length` characters.

    Cut in the middle, because labels often differ only at the end: `4 doors, red`, `4 doors, blue`.
    """
    text = str(label)
    if len(text) <= max_length:
        return text
    tail = (max_length - 1) // 2
    return f"{text[: max_length - 1 - tail]}…{text[-tail:]}"


def shorten_all(labels: Sequence[object]) -> list[str]:
    """Shortens labels, but less if two of them would look the same."""
    texts = [shorten(label) for label in labels]
    for length in _LONGER:
        if len({*texts}) == len({*map(str, labels)}):
            break
        texts = [shorten(label, length) for label in labels]
    return texts
