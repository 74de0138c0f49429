"""Checks that a model's answers are those of its task."""

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.outputs.classes import CLASSES_HINT as _HINT
from baton_engine.onnx.outputs.probabilities import check_classifier_scores, check_probabilities
from baton_engine.tables.columns import Array
from baton_registry.versions.output_schema import LABEL, PROBABILITIES, OutputSchema


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
        if output.type != "long" and not synthetic:
            _check_finite(output.name, values)
    check_answers(scores, output_schema)


def check_answers(scores: Scores, output_schema: OutputSchema) -> None:
    """Checks what must hold for the answers to any rows, whose floats may be NaN.

    Raises:
        EngineError: a classifier's rows are not probabilities, or a label is not one of the task.
    """
    if output_schema.is_classifier:
        check_probabilities(scores[PROBABILITIES])
    elif output_schema.task == "anomaly":
        _check_labels(scores[LABEL], (-1, 1), f"an anomaly detector; for a classifier {_HINT}")
    elif output_schema.task == "multilabel":
        _check_labels(scores[LABEL], (0, 1), "a multilabel classifier")


def _check_labels(labels: Array, allowed: tuple[int, int], model: str) -> None:
    is_other = ~np.isin(labels, allowed)
    if is_other.any():
        raise EngineError(
            f"the model answers with the label {labels[is_other][0]}, but {allowed[0]} and"
            f" {allowed[1]} are the labels of {model}"
        )


def _check_finite(name: str, values: Array) -> None:
    is_finite = np.isfinite(values)
    if not is_finite.all():
        raise EngineError(
            f"the model answers its input example with a {name} of {values[~is_finite][0]}; finite"
            " numbers are needed"
        )
