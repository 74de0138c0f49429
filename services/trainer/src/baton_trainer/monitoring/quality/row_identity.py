"""What names a row of the log: the id of its request, and its number in the request."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_common.prediction_log import REQUEST_ID, ROW

IDENTITY = [REQUEST_ID, ROW]
"""The columns that name a row."""


def select_rows(frame: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of a frame that another one names, too. Both have `IDENTITY`."""
    return frame[_is_among(frame, others)]


def exclude_rows(frame: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of a frame that another one does not name. Both have `IDENTITY`."""
    return frame[~_is_among(frame, others)]


def find_repeated(frame: pd.DataFrame) -> pd.DataFrame:
    """Finds the rows that a frame names more than once; each is once in the result."""
    is_repeated = frame.duplicated(IDENTITY, keep=False)
    return frame.loc[is_repeated, IDENTITY].drop_duplicates()


def _is_among(frame: pd.DataFrame, others: pd.DataFrame) -> NDArray[np.bool_]:
    names = others[IDENTITY].drop_duplicates()
    marked = frame[IDENTITY].merge(names, on=IDENTITY, how="left", indicator=True)
    return (marked["_merge"] == "both").to_numpy(np.bool_)
