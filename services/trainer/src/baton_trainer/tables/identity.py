"""Which rows are of one thing, by an id that the user named and that repeats.

Rows of one customer have much in common beside what the model sees of it. On both sides of a split
they would let a model be judged by what it learned by heart.
"""

from collections.abc import Sequence

import pandas as pd

from baton_trainer.tables.columns import cells


def find_repeating_id(rows: pd.DataFrame, ids: Sequence[str]) -> "pd.Series[str] | None":
    """Of the id columns the one that names the fewest things, as text; None where no id repeats.

    Args:
        rows: cells as they stand in a file.
        ids: the names of its id columns. One within another, such as an order's within a
            customer's, is of no account: the customer is the thing.
    """
    columns = [cells.convert_to_text(rows[name]) for name in ids]
    repeating = [each for each in columns if each.nunique() < each.count()]
    return min(repeating, key=pd.Series.nunique, default=None)
