"""The document of live quality."""

import numpy as np
import pytest

from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.gate.auc_difference import compare_auc
from baton_trainer.gate.difference import Difference
from baton_trainer.gate.rmse_ratio import compare_rmse
from baton_trainer.monitoring.quality.report import PairedQuality

CLASSES = ClassOutcome(("No", "Yes"), np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]]))
VALUES = ValueOutcome(np.array([1.0, 2.0]), np.array([1.5, 2.0]))


@pytest.mark.parametrize(
    ("difference", "kind", "of_equals"),
    [
        (compare_auc(CLASSES, CLASSES), "difference", 0.0),
        (compare_rmse(VALUES, VALUES), "ratio", 1.0),
    ],
)
def test_kind_says_what_equal_versions_have(
    difference: Difference, kind: str, of_equals: float
) -> None:
    """RMSEs are compared by their ratio, so 1.0 there is what 0.0 is for a ROC AUC."""
    document = PairedQuality("2", "1", difference=difference).to_json()
    assert (document["kind"], document["difference"]) == (kind, of_equals)
    assert PairedQuality("2", "1").to_json()["kind"] is None
