"""Which labels count: of several for one row, the last one."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from baton_common.prediction_log import (
    API_KEY,
    FROM_FILE,
    LABEL,
    RECEIVED_AT,
    REQUEST_ID,
    ROW,
    SOURCE,
)

IDENTITY = [REQUEST_ID, ROW]
"""The columns that name a row."""
TRUTH = "truth"
"""The column with a row's label, as text."""


@dataclass(frozen=True)
class Labels:
    """The labels that count.

    Attributes:
        frame: the columns `IDENTITY` and `TRUTH`, one row for each labelled row.
        received: how many labels the log has.
        untrusted: of them: of other API keys than the trusted ones.
        replaced: of the trusted ones: those that a later label of the same row has replaced.
    """

    frame: pd.DataFrame
    received: int
    untrusted: int = 0
    replaced: int = 0


def choose_labels(table: pa.Table, trusted: Collection[str] | None = None) -> Labels:
    """Chooses the labels that count.

    Args:
        table: all labels.
        trusted: names of API keys: only labels of these, and those from files, count. None: all.
    """
    received = table.num_rows
    if trusted is not None:
        # Without keys `api_key` is null, and null is in no set.
        is_trusted = pc.is_in(table[API_KEY], value_set=pa.array(sorted(trusted), pa.string()))
        is_from_file = pc.is_in(table[SOURCE], value_set=pa.array([FROM_FILE]))
        table = table.filter(pc.or_(is_trusted, is_from_file))
    frame = table.select([*IDENTITY, LABEL, RECEIVED_AT]).to_pandas()
    frame = frame.dropna(subset=[*IDENTITY, LABEL]).sort_values(RECEIVED_AT, kind="stable")
    last = frame.drop_duplicates(IDENTITY, keep="last")
    return Labels(
        frame=last[[*IDENTITY, LABEL]].rename(columns={LABEL: TRUTH}),
        received=received,
        untrusted=received - table.num_rows,
        replaced=len(frame) - len(last),
    )
