import numpy as np
import pandas as pd
import pytest

from baton_registry.signature import Column
from baton_trainer import pipeline
from baton_trainer.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("0.1", 0.1),
        ("1e-3", 0.001),
        ("true", True),
        ("False", False),
        ("none", None),
        ("balanced", "balanced"),
        ("", ""),
    ],
)
def test_a_parameter_is_read_as_a_person_means_it(text: str, value: object) -> None:
    """Integers, floats, booleans and none by their look; anything else is text."""
    assert pipeline.parsed(text) == value
    assert type(pipeline.parsed(text)) is type(value)


def test_parameters_reach_the_estimator_over_our_defaults() -> None:
    """What the user says counts; the seed is fixed unless it is said too."""
    forest = pipeline.classifier("random_forest", {"n_estimators": "7"}).estimator.get_params()
    assert (forest["n_estimators"], forest["random_state"]) == (7, pipeline.SEED)
    seeded = pipeline.classifier("random_forest", {"n_estimators": "7", "random_state": "3"})
    assert seeded.estimator.get_params()["random_state"] == 3


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("svm", {}, "no estimator 'svm'; there are logistic, hist_gradient"),
        ("logistic", {"depth": "3"}, "logistic takes no 'depth'; it takes C, "),
        ("logistic", {"C": "much"}, "The 'C' parameter.*Got 'much'"),
        ("logistic", {"C": "-1"}, "The 'C' parameter"),
        ("random_forest", {"n_estimators": "1.5"}, "The 'n_estimators' parameter"),
        ("hist_gradient_boosting", {"max_iter": "0"}, "The 'max_iter' parameter"),
        ("logistic", {"solver": "liblinear", "l1_ratio": "0.5"}, "liblinear"),
    ],
)
def test_a_wrong_estimator_or_parameter_is_one_line(
    name: str, params: dict[str, str], message: str
) -> None:
    """The words are scikit-learn's own where it is scikit-learn that refuses."""
    with pytest.raises(ParameterError, match=message) as caught:
        pipeline.classifier(name, params)
    assert "\n" not in str(caught.value)


COLUMNS = (Column("n", "double", required=False), Column("t", "string", required=False))
ROWS = pd.DataFrame({"n": [1.0, np.nan, 3.0, 5.0] * 5, "t": ["a", None, "b", "b"] * 5})


def encoded(estimator: str, rows: pd.DataFrame) -> list[list[float]]:
    """What the estimator would get of the rows."""
    built = pipeline.build(pipeline.classifier(estimator, {}), ROWS, COLUMNS)
    built.fit(ROWS, [0, 1, 1, 0] * 5)
    return np.asarray(built[:-1].transform(rows)).tolist()  # type: ignore[no-any-return]


def test_trees_get_unscaled_numbers_with_gaps_filled_by_the_median() -> None:
    """Missing and unseen texts are both all zeros: no category is invented for them."""
    rows = pd.DataFrame({"n": [2.0, np.nan, 2.0], "t": ["a", None, "never seen"]})
    assert encoded("random_forest", rows) == [[2.0, 1.0, 0.0], [3.0, 0.0, 0.0], [2.0, 0.0, 0.0]]


def test_linear_models_get_scaled_numbers() -> None:
    """Of mean zero and unit variance over the training rows."""
    numbers = np.array(encoded("logistic", ROWS))[:, 0]
    assert numbers.mean() == pytest.approx(0)
    assert numbers.std() == pytest.approx(1)


@pytest.mark.parametrize("kept", [[0], [1]])
def test_a_table_may_have_columns_of_one_kind_only(kept: list[int]) -> None:
    """Only numbers, or only texts."""
    columns = tuple(COLUMNS[each] for each in kept)
    built = pipeline.build(pipeline.classifier("logistic", {}), ROWS, columns)
    assert built.fit(ROWS, [0, 1, 1, 0] * 5).predict(ROWS).shape == (20,)
