"""Objects of the user's own class around a model."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from baton_export import describe_task
from baton_trainer.importing.isolation.child.answers import predict
from baton_trainer.importing.isolation.child.wrappers import compare_with_inside, unwrap

ROWS = pd.DataFrame({"a": np.linspace(-1, 1, 20), "b": np.linspace(3, 1, 20)})
MODEL = LogisticRegression().fit(ROWS, np.where(ROWS["a"] > 0, "yes", "no"))
LINE = LinearRegression().fit(ROWS, ROWS["a"])


class Labels:
    """Returns labels, as MLflow's older wrappers do."""

    def __init__(self, model: Any = MODEL) -> None:
        self.model = model
        self.threshold = 0.5

    def predict(self, context: object, model_input: Any, params: object = None) -> Any:
        return self.model.predict(model_input)


class Probabilities(Labels):
    """Returns a table of probabilities."""

    def predict(self, context: object, model_input: Any, params: object = None) -> Any:
        return pd.DataFrame(self.model.predict_proba(model_input), columns=["no", "yes"])


class Positive(Labels):
    """Returns one probability; without a context, as newer versions of MLflow allow."""

    def predict(self, model_input: Any) -> Any:  # type: ignore[override]
        return self.model.predict_proba(model_input)[:, 1].tolist()


class Shifted(Labels):
    """Changes the answers."""

    def predict(self, context: object, model_input: Any, params: object = None) -> Any:
        return self.model.predict_proba(model_input)[:, 1] + 1e-9


class Threshold(Labels):
    """Has labels of its own."""

    def predict(self, context: object, model_input: Any, params: object = None) -> Any:
        return np.where(self.model.predict_proba(model_input)[:, 1] > 0.9, "yes", "no")


class Two(Labels):
    """Holds two models."""

    def __init__(self) -> None:
        super().__init__()
        self.other = LINE


def compare(wrapper: Any) -> None:
    """Compares a wrapper with the model inside."""
    inside = unwrap(wrapper)
    task = describe_task(inside)
    compare_with_inside(wrapper, ROWS, predict(inside, task, ROWS), task.classes)


@pytest.mark.parametrize("wrapper", [Labels(), Labels(LINE), Probabilities(), Positive()])
def test_a_wrapper_that_only_wraps(wrapper: Any) -> None:
    """It may return labels, values or probabilities, in any container."""
    compare(wrapper)


@pytest.mark.parametrize("wrapper", [Shifted(), Threshold()])
def test_a_wrapper_that_changes_answers(wrapper: Any) -> None:
    """It would be another model."""
    with pytest.raises(ValueError, match="changes the answers"):
        compare(wrapper)


@pytest.mark.parametrize(("wrapper", "count"), [(Two(), "2"), (Labels(None), "no")])
def test_one_model_is_inside(wrapper: Any, count: str) -> None:
    """Neither none nor two."""
    with pytest.raises(ValueError, match=f"holds {count} models"):
        compare(wrapper)
