"""A model of scikit-learn 1.4.2, and pickles that attack."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arro3.core import DataType

from baton_trainer.importing.isolation.flavor import Flavor
from baton_trainer.importing.isolation.job import Conversion, Limits

Convert = Callable[..., Conversion]
"""Converts a pickle, with optional limits and trust."""

REQUIREMENTS = """mlflow==2.22.0
cloudpickle==3.0.0
numpy==1.26.4
pandas==2.2.2
scikit-learn==1.4.2
scipy==1.13.1
"""
FLAVOR = Flavor("sklearn", "model.pkl", "cloudpickle", libraries={"scikit-learn": "1.4.2"})
LIMITS = Limits(time_s=120.0)
COLUMNS = (("age", "number"), ("visits", "integer"), ("plan", "text"))
ROWS = {
    "age": [31.5, None, 47.25, 20.125] * 10,
    "visits": [*range(40)],
    "plan": ["basic", "plus", "", "unseen"] * 10,
}
TYPES = {"age": DataType.float64(), "visits": DataType.int64(), "plan": DataType.string()}

FIT = """
import json, pathlib, pickle, sys
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
folder, rows = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2])
table = pd.DataFrame(rows)
numbers = make_pipeline(SimpleImputer(), StandardScaler())
texts = OneHotEncoder(handle_unknown="ignore")
columns = make_column_transformer((numbers, ["age", "visits"]), (texts, ["plan"]))
target = ["stay" if each % 3 else "leave" for each in table.visits]
forest = make_pipeline(columns, RandomForestClassifier(5, random_state=0)).fit(table, target)
line = make_pipeline(columns, LinearRegression()).fit(table, table.visits * 2.5)
answers = {
    "labels": forest.predict(table).tolist(),
    "probabilities": forest.predict_proba(table).tolist(),
    "values": line.predict(table).tolist(),
}
for name, model in {"forest": forest, "line": line}.items():
    (folder / f"{name}.pkl").write_bytes(pickle.dumps(model))
print(json.dumps(answers))
"""


@dataclass(frozen=True)
class OldLibraries:
    """An environment with libraries older than Baton's, and what they made.

    Attributes:
        cache: the folder with the environment.
        forest: a pickled classifier.
        line: a pickled regressor.
        answers: `labels` and `probabilities` of the forest, `values` of the line, for `ROWS`.
    """

    cache: Path
    forest: bytes
    line: bytes
    answers: dict[str, Any]


class Attack:
    """An object whose pickle runs code when it is opened."""

    def __init__(self, code: str) -> None:
        self._code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, (self._code, {})


def pickle_attack(code: str) -> bytes:
    """Pickles an object whose opening runs the code."""
    return pickle.dumps(Attack(code))
