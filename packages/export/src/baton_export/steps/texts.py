"""Texts that are split into words: refused."""

from __future__ import annotations

from typing import Any

from baton_export.emitter import Emitter
from baton_export.errors import Refused
from baton_export.graph.table import Table


def refuse_vectorizer(step: Any, table: Table, emitter: Emitter) -> Table:
    """`CountVectorizer` and its kin: in ONNX an accent ends a word."""
    del step, table, emitter
    raise Refused(
        "ONNX splits texts at other places than scikit-learn",
        "compute numbers from the texts before the model",
    )
