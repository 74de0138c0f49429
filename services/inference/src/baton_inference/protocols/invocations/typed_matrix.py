"""The fast path of `/invocations` for a matrix: reads lists of numbers directly to its type.

It reads the bodies that MLflow reads in the same way. All others take the slow path, `matrix`.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from baton_engine.tables.transpose import Transposer
from baton_inference.protocols.predict.row_forms import build_row_form
from baton_inference.scoring.batch import ColumnBatch
from baton_registry.versions.schema import Schema

_READ_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class TypedMatrix:
    """Reads the bodies of one schema. Safe to use from several threads."""

    def __init__(self, schema: Schema, *, max_rows: int) -> None:
        self._max_rows = max_rows
        rows: Any = list[build_row_form(schema).type] | UnsetType  # type: ignore[misc]
        fields = [("instances", rows, UNSET), ("inputs", rows, UNSET)]
        body = msgspec.defstruct("MatrixBody", fields, forbid_unknown_fields=True)
        self._body: msgspec.json.Decoder[Any] = msgspec.json.Decoder(body)
        self._transposer = Transposer(schema.columns, {})

    def read(self, body: bytes) -> ColumnBatch | None:
        """Returns the rows of the body; None for the slow path."""
        try:
            document = self._body.decode(body)
        except _READ_ERRORS:
            return None
        forms = [form for form in (document.instances, document.inputs) if form is not UNSET]
        if len(forms) != 1 or not 0 < len(forms[0]) <= self._max_rows:
            return None
        columns = self._transposer.transpose(forms[0])
        return ColumnBatch(
            len(forms[0]), {name: column.reshape(-1) for name, column in columns.items()}
        )
