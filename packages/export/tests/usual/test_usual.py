"""The usual way leaves no trace, and refuses what it gets wrong."""

import numpy as np
import pytest
from lightgbm import LGBMClassifier
from skl2onnx._supported_operators import sklearn_operator_name_map
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.impute import KNNImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from baton_export import describe_task
from baton_export.inputs import InputMatrix
from baton_export.usual.convert import convert_usual
from baton_export.usual.refusals import find_refusal
from tests.support.export.parity import start_session

ROWS = np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)
TARGET = (ROWS[:, 0] > 0).astype(int)


def test_a_booster_is_registered_for_one_conversion() -> None:
    """skl2onnx's registry belongs to the process."""
    model = LGBMClassifier(n_estimators=3, verbosity=-1, n_jobs=1).fit(ROWS, TARGET)
    before = dict(sklearn_operator_name_map)
    converted = convert_usual(model, InputMatrix(3), describe_task(model))
    assert sklearn_operator_name_map == before
    session = start_session(converted.SerializeToString())
    label, probabilities = session.run(None, {"input": ROWS})
    assert label.tolist() == np.asarray(model.predict(ROWS)).tolist()
    assert np.abs(probabilities - model.predict_proba(ROWS)).max() < 1e-6


@pytest.mark.parametrize(
    ("model", "word"),
    [
        (LinearDiscriminantAnalysis(), "odds"),
        (make_pipeline(KNNImputer(), LogisticRegression()), "KNNImputer"),
        (LGBMClassifier(), "options"),
    ],
)
def test_what_converters_get_wrong_is_known(model: object, word: str) -> None:
    """Also inside of a pipeline."""
    assert word in str(find_refusal(model))


def test_what_converters_get_right_is_not_refused() -> None:
    """Nothing is known against it."""
    assert find_refusal(make_pipeline(LogisticRegression())) is None
