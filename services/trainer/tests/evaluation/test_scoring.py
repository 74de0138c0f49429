from collections.abc import Mapping

import numpy as np
import pandas as pd

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Column
from baton_trainer.evaluation import scoring


class RecordingEngine:
    """Records its inputs."""

    name = "recording"
    output_schema = OutputSchema("binary", ("a", "b"))

    def __init__(self) -> None:
        self.given: Mapping[str, Array] = {}
        self.rows: list[Rows] = []

    def score(self, columns: Mapping[str, Array]) -> Scores:
        self.given = columns
        return {"label": np.array(["a"]), "probabilities": np.array([[1.0, 0.0]], np.float32)}

    def score_rows(self, rows: Rows) -> Scores:
        self.rows.append(rows)
        return {"label": np.array(["b"]), "probabilities": np.array([[0.0, 1.0]], np.float32)}


def test_rows_reach_the_engine_as_the_service_sends_them() -> None:
    """Missing is NaN for numbers and booleans, and empty text for texts."""
    frame = pd.DataFrame(
        {
            "n": [1.5, np.nan],
            "w": [1, 2],
            "b": pd.Series([True, None], dtype=object),
            "t": pd.Series(["x", None], dtype=object),
            "unused": [0, 0],
        }
    )
    columns = (
        Column("n", "double", required=False),
        Column("w", "long"),
        Column("b", "boolean", required=False),
        Column("t", "string", required=False),
    )
    engine = RecordingEngine()
    scoring.score(engine, columns, frame)
    assert {name: values.dtype.kind for name, values in engine.given.items()} == {
        "n": "f",
        "w": "i",
        "b": "f",
        "t": "O",
    }
    assert np.array_equal(engine.given["b"], [1.0, np.nan], equal_nan=True)
    assert engine.given["t"].tolist() == ["x", ""]


def test_each_row_is_scored_alone() -> None:
    """The values are in the order of the columns, None if missing."""
    frame = pd.DataFrame({"n": [1.5, np.nan], "t": ["x", "y"]})
    columns = (Column("t", "string"), Column("n", "double", required=False))
    engine = RecordingEngine()
    scores = scoring.score_each_row(engine, columns, frame)
    assert engine.rows == [[("x", 1.5)], [("y", None)]]
    assert scores["label"].tolist() == ["b", "b"]
    assert scores["probabilities"].shape == (2, 2)
