"""The table of the large trainings."""

from bench.measurements import training
from bench.measurements.training import Training, TrainingResults

METRICS = {"cv_roc_auc": 0.84, "test_roc_auc": 0.83, "onnx_max_abs_diff": 2e-7}


def test_the_table_has_a_line_for_each_estimator_and_the_goals_the_worst_of_them() -> None:
    """A goal that one of them misses is missed."""
    results = TrainingResults(1_000_000, 127.7, machine="a machine")
    results.trainings = {"a": Training(61.2, 1.5, METRICS), "b": Training(700, 6.5, METRICS)}
    text = training.full(results)
    assert "1,000,000 rows of 19 columns, 128 MB of CSV" in text
    assert "61.2" in text
    assert text.count("|  no |") == 2
    assert text.endswith("On a machine.")
    line = training.short(results)
    assert line.startswith("1,000,000 rows of 19 columns, trained, evaluated and registered by ")
    assert "a 61 s and 1.50 GB, b 700 s and 6.50 GB.\n" in line
