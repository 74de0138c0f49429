"""The table of training runs."""

from bench.measurements import training
from bench.measurements.training import Training, TrainingResults

METRICS = {"cv_roc_auc": 0.84, "test_roc_auc": 0.83, "onnx_max_abs_diff": 2e-7}


def test_goals_take_the_worst_estimator() -> None:
    """The table has a line for each estimator; a goal is missed if one of them misses it."""
    results = TrainingResults(1_000_000, 127.7, machine="a machine")
    results.trainings = {"a": Training(61.2, 1.5, METRICS), "b": Training(700, 6.5, METRICS)}
    text = training.format_tables(results)
    assert "1,000,000 rows of 19 columns, 128 MB of CSV" in text
    assert "61.2" in text
    assert text.count("|  no |") == 2
    assert text.endswith("Machine: a machine.")
    line = training.format_summary(results)
    assert line.startswith(
        "`baton train` trained, evaluated and registered a model on a table of "
        "1,000,000 rows and 19 columns: "
    )
    assert "a 61 s and 1.50 GB, b 700 s and 6.50 GB.\n" in line
