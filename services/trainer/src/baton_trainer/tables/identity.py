"""Finds the id whose rows belong together.

Rows of one customer have much in common that the model does not see. If they were on both sides of
the split, the model would be evaluated on what it memorized.
"""

from collections.abc import Sequence

import pandas as pd

from baton_trainer.tables.columns import cells


def find_repeating_id(rows: pd.DataFrame, ids: Sequence[str]) -> "pd.Series[str] | None":
    """Returns the repeating id column with the fewest distinct values, as text; None if none is.

    Args:
        rows: cells as they are in a file.
        ids: the names of the id columns. If customers have several orders, and both are ids, the
            customer counts.
    """
    columns = [cells.convert_to_text(rows[name]) for name in ids]
    repeating = [each for each in columns if each.nunique() < each.count()]
    return min(repeating, key=pd.Series.nunique, default=None)
