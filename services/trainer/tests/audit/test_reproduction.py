from dataclasses import replace

import numpy as np
import pytest

from baton_trainer.gate.trained_model import TrainedModel
from baton_trainer.audit import reproduction
from baton_trainer.audit.reproduction import Outputs, Reproduction
from baton_trainer.request import TrainRequest
from baton_trainer.tables.table import Table
from baton_trainer.tracking import environment
from baton_trainer.tracking.run_record import Record
from tests.support.trainer.comparable_models import RuleEngine, bad, contender, good
from tests.support.trainer.tables import changed_table, some_trained_model


@pytest.fixture(scope="module")
def made(some_data: Table) -> TrainedModel:
    return some_trained_model(some_data)


def again(made: TrainedModel, some_data: Table, **metrics: float) -> Reproduction:
    """The same model, compared with what its run recorded, with some metrics otherwise."""
    known = replace(contender(some_data), engine=made.engine)
    return reproduction.compared("3", {**made.metrics, **metrics}, known, made, some_data)


def test_the_same_training_agrees(made: TrainedModel, some_data: Table) -> None:
    """Every metric, and what both say of the held-out rows."""
    found = again(made, some_data)
    assert found.differences == []
    assert set(found.metrics) == set(made.metrics)
    assert found.outputs == Outputs(rows=int(some_data.held_out.sum()))
    assert found.to_json()["agrees"] is True


def test_another_metric_is_told_with_both_figures(made: TrainedModel, some_data: Table) -> None:
    """Beyond what another machine's rounding explains."""
    auc = made.metrics["test_roc_auc"]
    assert again(made, some_data, test_roc_auc=auc + 1e-9).differences == []
    assert again(made, some_data, test_roc_auc=0.123).differences == [
        f"test_roc_auc was 0.123 and is {auc:.6g}"
    ]


def test_metrics_that_one_of_them_lacks_are_not_compared(made: TrainedModel, some_data: Table) -> None:
    """But where there is none at all, nothing was shown."""
    assert again(made, some_data, of_old=1.0).differences == []
    known = replace(contender(some_data), engine=made.engine)
    found = reproduction.compared("3", {}, known, made, some_data)
    assert found.differences == ["its run records no metric to compare"]


def test_other_outputs_are_told(made: TrainedModel, some_data: Table) -> None:
    """How far apart, and how many labels."""
    other = replace(made, engine=RuleEngine(bad))  # type: ignore[arg-type]
    known = contender(some_data, good)
    found = reproduction.compared("3", made.metrics, known, other, some_data)
    assert found.outputs.other_labels > 0
    assert found.differences[-1].startswith("ONNX outputs differ by ")
    assert "other labels in" in found.differences[-1]


def test_a_version_that_cannot_score_the_rows_is_told(made: TrainedModel, some_data: Table) -> None:
    """Why not."""
    known = contender(changed_table(more=["u", "v"] * 200))
    found = reproduction.compared("3", made.metrics, known, made, some_data)
    (difference,) = found.differences
    assert difference.startswith(
        "the version cannot score the held-out rows: it needs column 'more'"
    )


def test_the_table_has_a_row_for_everything(made: TrainedModel, some_data: Table) -> None:
    """With its answer."""
    table = again(made, some_data, test_roc_auc=0.5, test_f1=made.metrics["test_f1"] + 1e-9).table()
    names, answers = ([str(cell) for cell in table.columns[place].cells] for place in (0, 3))
    found = dict(zip(names, answers, strict=True))
    assert found["test_roc_auc"] == "differs"
    assert found["test_f1"] == "within tolerance"
    assert found["test_brier"] == found["ONNX outputs"] == "the same"
    assert len(found) == len(made.metrics) + 1


def test_what_is_not_as_it_was_is_named() -> None:
    """Libraries with both versions, also those that came or went; silence where nothing changed."""
    now = Record(
        request=TrainRequest(),
        data_sha256="",
        code=environment.code_version(),
        python=environment.python_version(),
        platform=environment.platform_name(),
        requirements=environment.requirements(),
    )
    assert list(reproduction.unlike(now)) == []
    versions = {**now.requirements, "numpy": "1.0", "gone": "2"}
    del versions["pandas"]
    then = now.model_copy(update={"python": "CPython 2.7", "requirements": versions})
    assert list(reproduction.unlike(then)) == [
        f"Python was CPython 2.7 and is {now.python}",
        "gone was 2 and is not installed",
        f"numpy was 1.0 and is {np.__version__}",
        f"pandas was not installed and is {now.requirements['pandas']}",
    ]
