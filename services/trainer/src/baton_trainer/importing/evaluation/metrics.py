"""The metrics of an imported version on the rows of the file that have a truth."""

import numpy as np

from baton_registry.versions.output_schema import PROBABILITIES, VALUE
from baton_trainer.errors import DataError
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.importing.comparison.agreement import Agreement
from baton_trainer.importing.comparison.answers import Answers
from baton_trainer.importing.evaluation.labelled_table import LabelledTable
from baton_trainer.importing.rows.file_rows import FileRows
from baton_trainer.importing.source.columns import Inputs
from baton_trainer.tables.columns import cells


def describe_parity(agreement: Agreement) -> dict[str, float]:
    """Returns the figures of the comparison with the original, by name."""
    return {
        "onnx_max_abs_diff": agreement.max_difference,
        "onnx_label_flips": float(agreement.flips),
        "onnx_rows": float(agreement.file_rows),
        "onnx_generated_rows": float(agreement.rows - agreement.file_rows),
    }


def measure_classifier(answers: Answers, labelled: LabelledTable) -> dict[str, float]:
    """Measures a classifier, as training does, on all rows with a label: `data_*`.

    Args:
        answers: for the rows of the file, in their order.
        labelled: the rows with a label.
    """
    table = labelled.table
    probabilities = answers.outputs[PROBABILITIES][labelled.positions]
    answered = np.flatnonzero(~np.isnan(probabilities).any(axis=1))
    outcome = ClassOutcome.from_labels(
        table.classes, table.target.iloc[answered], probabilities[answered], table.positive
    )
    return {f"data_{name}": value for name, value in outcome.compute_metrics().items()}


def measure_regression(
    answers: Answers, inputs: Inputs, read: FileRows, target: str
) -> dict[str, float]:
    """Measures a regression on all rows with a truth: `data_rmse`, `data_mae`, `data_r2`.

    Raises:
        DataError: the target is not a column of numbers, or is empty.
    """
    file = inputs.file
    values = file.cells[target]
    truth = (values if file.is_typed else cells.convert(values, inputs.decimal)).loc[read.kept]
    if cells.is_text(truth):
        raise DataError(f"{file.name}: the target {target!r} is not a column of numbers")
    numbers = truth.to_numpy(np.float64)
    predicted = answers.outputs[VALUE][:, 0]
    known = ~np.isnan(numbers) & ~np.isnan(predicted)
    if not known.any():
        raise DataError(f"{file.name}: the target {target!r} is empty in every row")
    errors = predicted[known] - numbers[known]
    spread = float(((numbers[known] - numbers[known].mean()) ** 2).mean())
    metrics = {
        "data_rmse": float(np.sqrt((errors**2).mean())),
        "data_mae": float(np.abs(errors).mean()),
    }
    return metrics | ({"data_r2": 1 - float((errors**2).mean()) / spread} if spread else {})
