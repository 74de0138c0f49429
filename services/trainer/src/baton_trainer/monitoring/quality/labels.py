"""Which labels count: of several for one row, the last one."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from baton_common.prediction_log import API_KEY, FROM_FILE, LABEL, RECEIVED_AT, SOURCE
from baton_trainer.monitoring.quality.row_identity import IDENTITY, exclude_rows

TRUTH = "truth"
"""The column with a row's label, as text."""


@dataclass(frozen=True)
class Labels:
    """The labels that count.

    Attributes:
        frame: the columns `IDENTITY` and `TRUTH`, one row for each labelled row.
        ignored: the columns `IDENTITY`: the rows that have labels, none of which counts. Their
            outcome is unknown, so they are not silent.
        received: how many labels the log has.
        untrusted: of them: of other API keys than the trusted ones.
        replaced: of the trusted ones: those that a later label of the same row has replaced.
    """

    frame: pd.DataFrame
    ignored: pd.DataFrame
    received: int
    untrusted: int = 0
    replaced: int = 0


def choose_labels(table: pa.Table, trusted: Collection[str] | None = None) -> Labels:
    """Chooses the labels that count.

    Args:
        table: all labels.
        trusted: names of API keys: only labels of these, and those from files, count. None: all.
    """
    chosen = table if trusted is None else table.filter(_is_trusted(table, trusted))
    frame = chosen.select([*IDENTITY, LABEL, RECEIVED_AT]).to_pandas()
    frame = frame.dropna(subset=[*IDENTITY, LABEL]).sort_values(RECEIVED_AT, kind="stable")
    last = frame.drop_duplicates(IDENTITY, keep="last")
    labelled = table.select(IDENTITY).to_pandas().dropna().drop_duplicates()
    return Labels(
        frame=last[[*IDENTITY, LABEL]].rename(columns={LABEL: TRUTH}),
        ignored=exclude_rows(labelled, last),
        received=table.num_rows,
        untrusted=table.num_rows - chosen.num_rows,
        replaced=len(frame) - len(last),
    )


def _is_trusted(table: pa.Table, trusted: Collection[str]) -> pa.ChunkedArray:
    # Without keys `api_key` is null, and null is in no set.
    is_trusted = pc.is_in(table[API_KEY], value_set=pa.array(sorted(trusted), pa.string()))
    is_from_file = pc.is_in(table[SOURCE], value_set=pa.array([FROM_FILE]))
    return pc.or_(is_trusted, is_from_file)
