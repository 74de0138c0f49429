"""What stands between the cells of a CSV file: found out from its first lines, or refused."""

from baton_engine.tables.text.separators import USUAL, fitting
from baton_trainer.errors import DataError


def found_out(text: str, name: str) -> str:
    """The separator by which every one of the first lines has as many cells as the first.

    Where no separator does that, it is the one that does it most often: the lines at fault are
    named later.

    Raises:
        DataError: there are two.
    """
    candidates = fitting(text)
    if len(candidates) > 1:
        names = " or ".join(map(repr, candidates))
        raise DataError(f"{name}: the separator may be {names}; say which: --separator")
    return candidates[0] if candidates else USUAL
