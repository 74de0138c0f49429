import warnings
from pathlib import Path

import pytest
from sklearn.pipeline import Pipeline

from baton_trainer.errors import FitError
from baton_trainer.gate import candidate
from baton_trainer.models import estimators, pipeline
from baton_trainer.models.families import FAMILIES
from baton_trainer.request import Columns, Data, Train
from baton_trainer.tables.files import reading
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer.tables import Notes, features, hidden, some_candidate, some_table


@pytest.mark.parametrize("estimator", FAMILIES)
def test_the_same_table_gives_the_same_metrics(estimator: str) -> None:
    """To the last digit: seeds are fixed, and nothing depends on the order of threads."""
    first, second = (some_candidate(some_table(), estimator) for _ in range(2))
    assert first.metrics == second.metrics


def test_it_never_learns_from_the_rows_that_judge_it() -> None:
    """Held-out rows turned upside down change the test metrics, and not the model."""
    straight = some_table()
    target = straight.target.copy()
    target[straight.held_out] = target[straight.held_out].map({"yes": "no", "no": "yes"})
    object.__setattr__(turned := some_table(), "target", target)
    one, two = some_candidate(straight), some_candidate(turned)
    assert one.metrics["cv_roc_auc"] == two.metrics["cv_roc_auc"]
    assert one.metrics["test_roc_auc"] == pytest.approx(1 - two.metrics["test_roc_auc"])
    assert (one.pipeline[-1].coef_ == two.pipeline[-1].coef_).all()


def test_it_beats_chance_on_what_can_be_learnt() -> None:
    """Both in cross-validation and on the held-out rows."""
    made = some_candidate(some_table(hidden(features()) > 0.8))
    assert made.metrics["cv_roc_auc"] > 0.7
    assert made.metrics["test_roc_auc"] > 0.7


def built(**params: str) -> tuple[Pipeline, Table]:
    data = some_table()
    classifier = estimators.build_classifier("logistic", params)
    return pipeline.build(classifier, data.features, data.columns), data


def test_an_estimator_that_does_not_converge_is_told_once() -> None:
    """Five folds and a fit give one line; other people's warnings do not leak."""
    notes = Notes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        candidate.made(*built(max_iter="1"), Train(), notes)
    assert len(notes.warnings) == 1
    assert "failed to converge" in notes.warnings[0]


def test_an_estimator_that_gives_up_is_one_line() -> None:
    """Such as parameters that only contradict each other on this table."""
    unfitted, data = built()
    unfitted.set_params(columns__numbers="no transformer")
    with pytest.raises(FitError, match="gave up") as caught:
        candidate.made(unfitted, data, Train(), Notes())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("estimator", FAMILIES)
def test_the_real_table_gives_what_the_estimator_owes_us(
    estimator: str, real_table_file: Path
) -> None:
    """A cross-validated ROC AUC as good as is known of this table, and the same model in ONNX."""
    data = build_table(reading.read(real_table_file, Data()), Columns())
    made = some_candidate(data, estimator)
    assert made.metrics["cv_roc_auc"] > 0.83
    assert made.parity.holds


def test_the_best_estimator_is_as_good_as_is_known_of_the_real_table(real_table_file: Path) -> None:
    """A cross-validated ROC AUC of 0.845, without a wish for any parameter."""
    data = build_table(reading.read(real_table_file, Data()), Columns())
    chosen = estimators.build_classifier("xgboost", {})
    unfitted = pipeline.build(chosen, data.features, data.columns)
    assert candidate.made(unfitted, data, Train(), Notes()).metrics["cv_roc_auc"] > 0.845
