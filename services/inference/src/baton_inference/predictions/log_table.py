"""The table of one version in the log: its columns, and requests as rows of it."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field, RecordBatch, Schema

from baton_common.prediction_log import (
    ALIAS,
    KEY,
    PROTOCOL,
    REQUEST_ID,
    ROW,
    SAMPLING,
    TIME,
    hash_key,
)
from baton_engine.tables.output_columns import build_output_columns, list_output_fields
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.predictions.features import Features, choose_columns
from baton_inference.predictions.logged_request import LoggedRequest
from baton_inference.predictions.options import LogOptions
from baton_inference.predictions.other_outputs import (
    build_other_columns,
    list_other_fields,
)
from baton_inference.scoring.scores import join_scores

_MOMENT = DataType.timestamp("us", tz="UTC")


class LogTable:
    """Converts requests to rows. It does not keep the version's model in memory.

    Attributes:
        schema: the columns, as `baton_common.prediction_log` lists them.
    """

    def __init__(self, version: LiveVersion, options: LogOptions) -> None:
        """Takes the version, and what the settings allow of it."""
        indices = choose_columns(version.schema, version.private_columns, options.columns)
        self._features = Features(version.schema, indices)
        self._outputs = version.engine.output_schema
        self._key = options.key
        self.schema = Schema(
            [
                Field(TIME, _MOMENT),
                Field(REQUEST_ID, DataType.string()),
                Field(ROW, DataType.int32()),
                Field(KEY, DataType.string()),
                Field(PROTOCOL, DataType.string()),
                Field(ALIAS, DataType.string()),
                *list_output_fields(self._outputs),
                *list_other_fields(self._outputs),
                Field(SAMPLING, DataType.float64()),
                *self._features.fields,
            ]
        )

    def build(self, requests: Sequence[LoggedRequest]) -> RecordBatch:
        """Builds the rows of at least one request, all answered by this version."""
        counts = [each.batch.rows for each in requests]

        def repeat_texts(values: Sequence[str | None]) -> ArrowArray:
            texts = np.repeat(np.array(values, object), counts).tolist()
            return ArrowArray(texts, DataType.string())

        facts = [each.facts for each in requests]
        times = np.repeat(np.array([each.time_us for each in requests], np.int64), counts)
        numbers = np.array([*chain.from_iterable(each.numbers for each in requests)], np.int32)
        scores = join_scores([each.scores for each in requests])
        shares = np.repeat(np.array([each.choice.share for each in requests]), counts)
        columns: list[Any] = [
            ArrowArray.from_numpy(times).cast(_MOMENT),
            repeat_texts([each.request_id for each in facts]),
            ArrowArray.from_numpy(numbers),
            repeat_texts([self._hash(each.routing_key) for each in facts]),
            repeat_texts([each.protocol for each in facts]),
            repeat_texts([each.alias or None for each in facts]),
            *build_output_columns(scores, self._outputs),
            *build_other_columns(requests, self._outputs),
            ArrowArray.from_numpy(shares),
            *self._features.build([each.batch for each in requests]),
        ]
        return RecordBatch.from_arrays(columns, schema=self.schema)

    def _hash(self, routing_key: bytes | None) -> str | None:
        if self._key is None or routing_key is None:
            return None
        return hash_key(self._key, routing_key)
