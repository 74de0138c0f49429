import warnings
from pathlib import Path

import pytest
from sklearn.pipeline import Pipeline

from baton_trainer.errors import FitError
from baton_trainer.gate import trained_model
from baton_trainer.models import estimators, pipeline
from baton_trainer.models.families import CLASSIFIERS
from baton_trainer.request import Columns, Data, Train
from baton_trainer.tables.files import reading
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer.tables import (
    Notes,
    compute_signal,
    make_features,
    some_table,
    some_trained_model,
)


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_same_table_gives_same_metrics(estimator: str) -> None:
    """Every digit is equal: seeds are fixed, and nothing depends on the order of threads."""
    first, second = (some_trained_model(some_table(), estimator) for _ in range(2))
    assert first.metrics == second.metrics


def test_held_out_rows_do_not_change_the_model() -> None:
    """Inverted labels of held-out rows change the test metrics only."""
    straight = some_table()
    target = straight.target.copy()
    target[straight.held_out] = target[straight.held_out].map({"yes": "no", "no": "yes"})
    object.__setattr__(turned := some_table(), "target", target)
    one, two = some_trained_model(straight), some_trained_model(turned)
    assert one.metrics["cv_roc_auc"] == two.metrics["cv_roc_auc"]
    assert one.metrics["test_roc_auc"] == pytest.approx(1 - two.metrics["test_roc_auc"])
    assert (one.pipeline[-1].coef_ == two.pipeline[-1].coef_).all()


def test_model_beats_chance_on_a_learnable_target() -> None:
    """Both in cross-validation and on the held-out rows."""
    model = some_trained_model(some_table(compute_signal(make_features()) > 0.8))
    assert model.metrics["cv_roc_auc"] > 0.7
    assert model.metrics["test_roc_auc"] > 0.7


def build_pipeline(**params: str) -> tuple[Pipeline, Table]:
    data = some_table()
    learner = estimators.build_learner("classifier", "logistic", params)
    return pipeline.build(learner, data.features, data.columns), data


def test_convergence_warning_is_reported_once() -> None:
    """Five folds and a fit give one line; warnings of other libraries are dropped."""
    notes = Notes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained_model.fit_and_evaluate(*build_pipeline(max_iter="1"), Train(), notes)
    assert len(notes.warnings) == 1
    assert "failed to converge" in notes.warnings[0]


def test_failure_of_the_estimator_is_one_line() -> None:
    """Such as parameters that contradict each other only on this table."""
    unfitted, data = build_pipeline()
    unfitted.set_params(columns__numbers="no transformer")
    with pytest.raises(FitError, match="the estimator failed") as caught:
        trained_model.fit_and_evaluate(unfitted, data, Train(), Notes())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_estimator_is_good_on_the_real_table(estimator: str, real_table_file: Path) -> None:
    """The usual cross-validated ROC AUC of this table, and the same model in ONNX."""
    data = build_table(reading.read(real_table_file, Data()), Columns())
    model = some_trained_model(data, estimator)
    assert model.metrics["cv_roc_auc"] > 0.83
    assert model.parity.holds


def test_best_estimator_reaches_the_known_figure_of_the_real_table(real_table_file: Path) -> None:
    """A cross-validated ROC AUC of 0.845 with default parameters."""
    data = build_table(reading.read(real_table_file, Data()), Columns())
    chosen = estimators.build_learner("classifier", "xgboost", {})
    unfitted = pipeline.build(chosen, data.features, data.columns)
    assert (
        trained_model.fit_and_evaluate(unfitted, data, Train(), Notes()).metrics["cv_roc_auc"]
        > 0.845
    )
