"""The ONNX forms of a model, the most exact first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from baton_export.errors import CannotExport
from baton_export.inputs import Inputs
from baton_export.tasks import describe_task
from baton_export.usual import convert_usual


@dataclass(frozen=True)
class Candidate:
    """A graph that may be the same model.

    Attributes:
        way: how it was made: `exact`, `exact without the cast` or `usual`.
        onnx: the content of the ONNX file.
    """

    way: str
    onnx: bytes


def iter_candidates(model: Any, inputs: Inputs) -> Iterator[Candidate]:
    """Yields the ONNX forms of a fitted model, the most exact first, each when it is asked for.

    The caller compares each with the model on rows, and keeps the first that answers the same. A
    graph that ONNX Runtime cannot load counts as one that differs.

    Args:
        model: a fitted estimator, pipeline or search; a Booster of XGBoost or LightGBM; a CatBoost
            model.
        inputs: the columns of the table that the model takes, in order, or the matrix.

    Raises:
        CannotExport: no way leads to a graph, or the model is of a kind that converters get wrong.
    """
    task = describe_task(model)
    try:
        converted = convert_usual(model, inputs, task)
    except Exception as error:
        raise CannotExport(str(error)) from error
    yield Candidate("usual", converted.SerializeToString())
