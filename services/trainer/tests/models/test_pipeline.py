import numpy as np
import pandas as pd
import pytest

from baton_registry.versions.schema import Column
from baton_trainer.models import estimators, pipeline

COLUMNS = (Column("n", "double", required=False), Column("t", "string", required=False))
ROWS = pd.DataFrame({"n": [1.0, np.nan, 3.0, 5.0] * 5, "t": ["a", None, "b", "b"] * 5})


def encoded(estimator: str, rows: pd.DataFrame) -> list[list[float]]:
    """Returns the input of the estimator for the rows."""
    built = pipeline.build(estimators.build_learner("classifier", estimator, {}), ROWS, COLUMNS)
    built.fit(ROWS, [0, 1, 1, 0] * 5)
    return np.asarray(built[:-1].transform(rows)).tolist()  # type: ignore[no-any-return]


def test_trees_get_unscaled_numbers_and_medians_for_missing_values() -> None:
    """Missing and unseen texts are both encoded as zeros."""
    rows = pd.DataFrame({"n": [2.0, np.nan, 2.0], "t": ["a", None, "never seen"]})
    assert encoded("random_forest", rows) == [[2.0, 1.0, 0.0], [3.0, 0.0, 0.0], [2.0, 0.0, 0.0]]


def test_linear_models_get_scaled_numbers() -> None:
    """Over the training rows, the mean is 0 and the variance 1."""
    numbers = np.array(encoded("logistic", ROWS))[:, 0]
    assert numbers.mean() == pytest.approx(0)
    assert numbers.std() == pytest.approx(1)


@pytest.mark.parametrize("kept", [[0], [1]])
def test_a_table_may_have_columns_of_a_single_type(kept: list[int]) -> None:
    """Only numbers, or only texts."""
    columns = tuple(COLUMNS[each] for each in kept)
    built = pipeline.build(estimators.build_learner("classifier", "logistic", {}), ROWS, columns)
    assert built.fit(ROWS, [0, 1, 1, 0] * 5).predict(ROWS).shape == (20,)
