"""Fake models, and the schema, instance and body that they score."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows, Transposer
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.output_schema import Label, OutputSchema
from baton_registry.versions.schema import Column, Schema

COLUMNS = (Column("x", "double"), Column("n", "long"), Column("note", "string", required=False))
SCHEMA = Schema(COLUMNS, classes=("no", "yes"))
INSTANCE: dict[str, Any] = {"x": 0.5, "n": 1, "note": "a"}
GOOD_BODY = json.dumps({"instances": [INSTANCE]}).encode()


class SumModel:
    """Gives every row the same probability of the last class: `share`."""

    name = "sum"

    def __init__(self, share: float = 0.25, classes: tuple[Label, ...] = ("no", "yes")) -> None:
        self.share = share
        self.output_schema = OutputSchema.from_classes(classes)

    def score(self, columns: Mapping[str, Array]) -> Scores:
        rows = len(next(iter(columns.values())))
        label = self.output_schema.classes[-1 if self.share > 0.5 else 0]
        probabilities = np.full((rows, 2), [1 - self.share, self.share], np.float32)
        return {"label": np.array([label] * rows), "probabilities": probabilities}

    def score_rows(self, rows: Rows) -> Scores:
        return self.score(Transposer(COLUMNS, {}).transpose(rows))

    def score_parts(self, parts: Sequence[Mapping[str, Array] | Rows]) -> Scores:
        tables = [
            part if isinstance(part, Mapping) else Transposer(COLUMNS, {}).transpose(part)
            for part in parts
        ]
        columns = {c.name: np.concatenate([t[c.name].ravel() for t in tables]) for c in COLUMNS}
        return self.score(columns)

    def make_stoppable(self) -> Self:
        return self

    def limit_time(self, limit_s: float) -> AbstractContextManager[Self]:
        return nullcontext(self)

    def stop(self) -> None:
        pass


class SlowModel(SumModel):
    """Calls `while_scoring` before it answers, e.g. to wait for a test."""

    def __init__(self, while_scoring: Callable[[], object]) -> None:
        super().__init__()
        self.while_scoring = while_scoring

    def score(self, columns: Mapping[str, Array]) -> Scores:
        self.while_scoring()
        return super().score(columns)


class ErrorModel(SumModel):
    """Fails on every row, with a message that contains a value."""

    def score(self, columns: Mapping[str, Array]) -> Scores:
        raise ValueError(f"could not convert {columns['note'][0]!r}")


def open_fake_engine(fetched: FetchedModel) -> SumModel:
    """Returns the model that the file's text names: `sum SHARE` or `error`; else it is broken."""
    kind, _, share = fetched.onnx.decode().partition(" ")
    if kind == "sum":
        return SumModel(float(share), fetched.mlmodel.schema.classes or ("no", "yes"))
    if kind == "error":
        return ErrorModel()
    raise EngineError("the model is broken")
