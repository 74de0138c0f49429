"""The metrics of an imported version on the rows of the file that have a truth."""

import numpy as np

from baton_registry.versions.output_schema import PROBABILITIES, VALUE
from baton_trainer.evaluation.prediction import build_outcome
from baton_trainer.importing.comparison.agreement import Agreement
from baton_trainer.importing.comparison.answers import Answers
from baton_trainer.importing.evaluation.labelled_table import LabelledTable


def describe_parity(agreement: Agreement) -> dict[str, float]:
    """Returns the figures of the comparison with the original, by name."""
    return {
        "onnx_max_abs_diff": agreement.max_difference,
        "onnx_label_flips": float(agreement.flips),
        "onnx_rows": float(agreement.file_rows),
        "onnx_generated_rows": float(agreement.rows - agreement.file_rows),
    }


def measure(answers: Answers, labelled: LabelledTable) -> dict[str, float]:
    """Measures the version, as training does, on all rows with a truth: `data_*`.

    Args:
        answers: for the rows of the file, in their order.
        labelled: the rows with a truth.
    """
    table = labelled.table
    name = PROBABILITIES if table.classes else VALUE
    numbers = answers.outputs[name][labelled.positions]
    answered = np.flatnonzero(~np.isnan(numbers).any(axis=1))
    scores = {name: numbers[answered] if table.classes else numbers[answered, 0]}
    target = table.target.iloc[answered]
    outcome = build_outcome(scores, table.output_schema, target, table.positive)
    return {f"data_{each}": value for each, value in outcome.compute_metrics().items()}
