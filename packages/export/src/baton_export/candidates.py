"""The ONNX forms of a model, the most exact first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from baton_export.emitter import StepError
from baton_export.errors import CannotExport, Refused, Unsupported
from baton_export.exact import convert_exact
from baton_export.inputs import Inputs
from baton_export.tasks import ModelTask, describe_task
from baton_export.usual.convert import convert_usual
from baton_export.usual.refusals import find_refusal

_LONGEST = 200
EXACT, ROUNDED, USUAL = "exact", "exact with rounded steps", "usual"


@dataclass(frozen=True)
class Candidate:
    """A graph that may be the same model.

    Attributes:
        way: how it was made: `exact`, `exact with rounded steps` or `usual`.
        onnx: the content of the ONNX file.
    """

    way: str
    onnx: bytes


def iter_candidates(model: Any, inputs: Inputs) -> Iterator[Candidate]:
    """Yields the ONNX forms of a fitted model, the most exact first, each when the caller takes it.

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
    reason: CannotExport | None = None
    used_fallback = False
    try:
        converted, used_fallback = convert_exact(model, inputs, task)
        yield Candidate(EXACT, converted.SerializeToString())
        if used_fallback:
            converted, _ = convert_exact(model, inputs, task, single=True)
            yield Candidate(ROUNDED, converted.SerializeToString())
    except StepError as error:
        reason = _explain(error)
        if isinstance(error.cause, Refused):
            raise reason from error
    yield from _try_usual(model, inputs, task, reason)


def _try_usual(
    model: Any, inputs: Inputs, task: ModelTask, reason: CannotExport | None
) -> Iterator[Candidate]:
    refusal = find_refusal(model)
    if refusal is not None:
        if reason is not None:
            raise reason
        return
    try:
        converted = convert_usual(model, inputs, task)
    except Exception as error:
        if reason is not None:
            raise reason from error
        return
    yield Candidate(USUAL, converted.SerializeToString())


def _truncate(text: str) -> str:
    """Cuts a foreign message."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _explain(error: StepError) -> CannotExport:
    cause = error.cause
    detail = " ".join(str(cause).split()) or type(cause).__name__
    hint = getattr(cause, "hint", "") or "replace this step, or serve the model another way"
    where = " > ".join(error.path)
    if "shape calculator" in detail:  # skl2onnx's way to say that it does not know the class
        detail = "no converter knows it"
    elif not isinstance(cause, Unsupported):
        detail = f"skl2onnx cannot convert it: {_truncate(detail)}"
    return CannotExport(f"{where} has no exact ONNX form: {detail}; {hint}")
