"""Feeds a session: builds its inputs from columns or rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from baton_engine.onnx.inputs import Inputs
from baton_engine.onnx.lone_row import LoneRow
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows, Transposer
from baton_registry.versions.schema import Schema

Feed = Mapping[str, Array]
"""A session's inputs by name; the first dimension is the rows."""


class Feeder(Protocol):
    """Builds a session's inputs. Thread-safe, but for `feed_lone_row`."""

    def feed_columns(self, columns: Mapping[str, Array]) -> Feed:
        """Feeds columns of shape `[n]` or `[n, 1]`.

        Raises:
            EngineError: an input takes integers or booleans, and a value is not one.
        """
        ...

    def feed_rows(self, rows: Rows) -> Feed:
        """Feeds rows whose values are in the order of the schema; None means missing.

        Raises as `feed_columns` does; OverflowError if a number does not fit its column's type.
        """
        ...

    def feed_lone_row(self, row: Sequence[Any]) -> Feed | None:
        """Feeds one row by arrays that every call uses again; None if this row needs new ones."""
        ...


class ColumnFeeder:
    """Feeds one input per column, or one for all columns.

    Attributes:
        inputs: the session's inputs.
    """

    def __init__(self, nodes: Sequence[Any], schema: Schema) -> None:
        """Matches the inputs with the columns. Takes and raises the same as `Inputs`."""
        self.inputs = Inputs(nodes, schema)
        self._transposer = Transposer(schema.columns, self.inputs.dtypes)
        self._lone_row = LoneRow(schema.columns, self.inputs.dtypes)
        self._lone_feed = self.inputs.share(self._lone_row)
        self.feed_columns = self.inputs.build_feed

    def feed_rows(self, rows: Rows) -> Feed:
        """See `Feeder`."""
        return self.feed_columns(self._transposer.transpose(rows))

    def feed_lone_row(self, row: Sequence[Any]) -> Feed | None:
        """See `Feeder`."""
        return self._lone_feed if self._lone_feed and self._lone_row.fill(row) else None
