from dataclasses import replace

import numpy as np
import pytest

from baton_trainer.audit import reproduction
from baton_trainer.audit.reproduction import Outputs, Reproduction
from baton_trainer.gate.trained_model import TrainedModel
from baton_trainer.request import TrainRequest
from baton_trainer.tables.table import Table
from baton_trainer.tracking import environment
from baton_trainer.tracking.run_record import RunRecord
from tests.support.trainer.comparable_models import RuleEngine, bad, good, make_model
from tests.support.trainer.tables import changed_table, some_trained_model


@pytest.fixture(scope="module")
def trained(some_data: Table) -> TrainedModel:
    return some_trained_model(some_data)


def repeat(trained: TrainedModel, some_data: Table, **metrics: float) -> Reproduction:
    """Compares the same model with its recorded metrics, some of them changed."""
    version = replace(make_model(some_data), engine=trained.engine)
    return reproduction.compare_results(
        "3", {**trained.metrics, **metrics}, version, trained, some_data
    )


def test_same_training_agrees(trained: TrainedModel, some_data: Table) -> None:
    """Every metric agrees, and so do the outputs on the held-out rows."""
    result = repeat(trained, some_data)
    assert result.differences == []
    assert set(result.metrics) == set(trained.metrics)
    assert result.outputs == Outputs(rows=int(some_data.held_out.sum()))
    assert result.to_json()["agrees"] is True


def test_different_metric_is_listed_with_both_values(
    trained: TrainedModel, some_data: Table
) -> None:
    """The rounding of another machine is not a difference."""
    auc = trained.metrics["test_roc_auc"]
    assert repeat(trained, some_data, test_roc_auc=auc + 1e-9).differences == []
    assert repeat(trained, some_data, test_roc_auc=0.123).differences == [
        f"test_roc_auc was 0.123 and is {auc:.6g}"
    ]


def test_metrics_of_one_side_only_are_not_compared(trained: TrainedModel, some_data: Table) -> None:
    """A run without any metric is a difference."""
    assert repeat(trained, some_data, of_old=1.0).differences == []
    version = replace(make_model(some_data), engine=trained.engine)
    result = reproduction.compare_results("3", {}, version, trained, some_data)
    assert result.differences == ["its run has no metric to compare"]


def test_different_outputs_are_a_difference(trained: TrainedModel, some_data: Table) -> None:
    other = replace(trained, engine=RuleEngine(bad))  # type: ignore[arg-type]
    version = make_model(some_data, good)
    result = reproduction.compare_results("3", trained.metrics, version, other, some_data)
    assert result.outputs.other_labels
    assert result.differences[-1].startswith("ONNX outputs differ by ")
    assert " labels" in result.differences[-1]


def test_version_that_cannot_score_the_rows_is_a_difference(
    trained: TrainedModel, some_data: Table
) -> None:
    version = make_model(changed_table(more=["u", "v"] * 200))
    result = reproduction.compare_results("3", trained.metrics, version, trained, some_data)
    (difference,) = result.differences
    assert difference.startswith(
        "the version cannot score the held-out rows: it needs column 'more'"
    )


def test_table_has_a_row_for_each_metric_and_the_outputs(
    trained: TrainedModel, some_data: Table
) -> None:
    table = repeat(
        trained, some_data, test_roc_auc=0.5, test_f1=trained.metrics["test_f1"] + 1e-9
    ).to_table()
    names, answers = ([str(cell) for cell in table.columns[place].cells] for place in (0, 3))
    results = dict(zip(names, answers, strict=True))
    assert results["test_roc_auc"] == "differs"
    assert results["test_f1"] == "within tolerance"
    assert results["test_brier"] == results["ONNX outputs"] == "the same"
    assert len(results) == len(trained.metrics) + 1


def test_changes_of_the_environment_are_listed() -> None:
    """Changed, new and removed libraries; nothing if nothing changed."""
    now = RunRecord(
        request=TrainRequest(),
        data_sha256="",
        code=environment.describe_code(),
        python=environment.describe_python(),
        platform=environment.describe_platform(),
        requirements=environment.list_requirements(),
    )
    assert list(reproduction.describe_changes(now)) == []
    versions = {**now.requirements, "numpy": "1.0", "gone": "2"}
    del versions["pandas"]
    then = now.model_copy(update={"python": "CPython 2.7", "requirements": versions})
    assert list(reproduction.describe_changes(then)) == [
        f"Python changed from CPython 2.7 to {now.python} since the training",
        "gone changed from 2 to not installed since the training",
        f"numpy changed from 1.0 to {np.__version__} since the training",
        f"pandas changed from not installed to {now.requirements['pandas']} since the training",
    ]
