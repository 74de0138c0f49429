"""Checks that a model's answers are those of its task."""

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.outputs.probabilities import check_classifier_scores, check_probabilities
from baton_engine.tables.columns import Array
from baton_registry.versions.output_schema import PROBABILITIES, OutputSchema


def check_scores(
    scores: Scores, rows: int, output_schema: OutputSchema, *, synthetic: bool = False
) -> None:
    """Checks a model's answer to its first rows.

    Args:
        scores: the model's answer.
        rows: the number of rows.
        output_schema: the task and its outputs.
        synthetic: the rows are synthetic, so answers may be NaN, and probabilities zeros.

    Raises:
        EngineError: the answer is not one of the task.
    """
    if output_schema.is_classifier:
        check_classifier_scores(scores, rows, output_schema.classes, synthetic=synthetic)
        return
    for output in output_schema.outputs:
        values = scores[output.name]
        shape = (rows, len(output.members)) if output.members else (rows,)
        if np.shape(values) != shape:
            raise EngineError(
                f"the model answers {rows} rows with a {output.name} of shape {np.shape(values)};"
                f" {shape} is needed"
            )
        if output.type == "double" and not synthetic:
            _check_finite(output.name, values)


def check_answers(scores: Scores, output_schema: OutputSchema) -> None:
    """Checks what must hold for the answers to any rows.

    Raises:
        EngineError: probabilities are none.
    """
    if output_schema.is_classifier:
        check_probabilities(scores[PROBABILITIES])


def _check_finite(name: str, values: Array) -> None:
    is_finite = np.isfinite(values)
    if not is_finite.all():
        raise EngineError(
            f"the model answers its input example with a {name} of {values[~is_finite][0]}; finite"
            " numbers are needed"
        )
