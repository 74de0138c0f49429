import numpy as np
import pytest

from tests.support.trainer.tables import (
    TARGETS,
    as_classes,
    list_class_slices,
    some_report,
    some_table,
    some_trained_model,
)

METRICS = ("roc_auc", "pr_auc", "log_loss", "brier", "ece", "accuracy", "f1")


def test_every_metric_has_its_name() -> None:
    """Dashboards and scripts depend on the names."""
    names = set(some_report().metrics)
    ends = ("", "_std", "_ci_low", "_ci_high")
    expected = {f"cv_{metric}{end}" for metric in METRICS for end in ends}
    expected |= {f"test_{metric}" for metric in METRICS}
    expected |= {f"test_{f}_ci_{end}" for f in METRICS if f != "ece" for end in ("low", "high")}
    costs = {"cheapest_threshold", "test_cost", "test_cheapest_cost"}
    assert names == expected | costs | {"weakest_slice_roc_auc"}
    assert set(some_report(4).metrics) == names - costs


@pytest.mark.parametrize("target", ["texts", "three numbers"])
def test_the_report_covers_the_table_and_its_model(target: str) -> None:
    """Held-out rows for the metrics, all rows for the slices, all columns for the importance."""
    data = some_table(TARGETS[target])
    candidate = some_trained_model(data)
    report = candidate.report
    assert len(report.held_out.strata) == data.held_out.sum()
    assert len(report.cross_validation.outcome.strata) == (~data.held_out).sum()
    assert report.held_out_metrics == report.held_out.compute_metrics()
    assert (report.thresholds is None) is (target == "three numbers")
    slices = {each.name: each for each in report.slices}
    assert slices["label = a"].rows == (data.features["label"] == "a").sum()
    assert {each.column for each in report.importances} == {each.name for each in data.columns}


def test_slices_pair_every_row_with_its_prediction() -> None:
    """Cross-validated and held-out rows, in the order of the table."""
    data = some_table()
    report = some_trained_model(data).report
    flag = next(each for each in list_class_slices(report.slices) if each.name == "flag = True")
    rows = data.features["flag"].to_numpy() == np.True_
    parts = ((data.held_out, report.held_out), (~data.held_out, report.cross_validation.outcome))
    selected = [as_classes(outcome).select(rows[part]) for part, outcome in parts]
    hits = sum((each.predictions == each.truth).sum() for each in selected)
    assert flag.accuracy == pytest.approx(hits / rows.sum())
