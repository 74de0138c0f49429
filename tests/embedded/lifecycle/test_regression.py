"""The life of a regression: trained, gated, promoted, served, scored, rolled back."""

import json
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest

from baton_registry.rest.fetch import fetch_manifest
from tests.support.rig.desk import Desk
from tests.support.trainer import housing

STUMP = ("--estimator", "random_forest", "--param", "n_estimators=1", "--param", "max_depth=1")
OPTIONS = ("--data", "houses.csv", "--target", housing.TARGET)
ROWS = 60


@pytest.fixture
def houses(desk: Desk) -> pd.DataFrame:
    """The table, in the desk's folder."""
    frame = housing.generate(1_200)
    frame.to_csv(desk.folder / "houses.csv", index=False)
    return frame


def test_regression_lives_as_a_classifier_does(desk: Desk, houses: pd.DataFrame) -> None:
    """Each step of the life cycle, with the values of MLflow's own client."""
    assert desk.train(*OPTIONS, "--promote") == "1"
    worse = desk.try_baton("train", *OPTIONS, *STUMP, "--promote")
    assert (worse.returncode, worse.stdout) == (1, "2\n")
    assert "predicted: a number (regression), " in worse.stderr
    assert "failed: RMSE " in worse.stderr
    assert "its gate failed" in worse.stderr.splitlines()[-1]
    assert desk.train(*OPTIONS, "--estimator", "hist_gradient_boosting", "--promote") == "3"
    check_figures(desk)

    with desk.serve() as inference:
        inference.wait_until_serving("3")
        rows = houses.head(ROWS).drop(columns=housing.TARGET)
        served = predict(inference, rows)
        mlflow.set_tracking_uri(desk.tracking_uri)
        model = mlflow.pyfunc.load_model(f"models:/{desk.model}@production")
        assert served == pytest.approx(model.predict(rows), abs=1e-5 * houses["price"].std())
        desk.baton("score", "houses.csv", "--output", "scored.csv")
        scored = pd.read_csv(desk.folder / "scored.csv")
        assert scored["value"].head(ROWS).tolist() == pytest.approx(served)
        assert len(scored) == len(houses)
        desk.baton("rollback", "--wait")
        assert np.abs(predict(inference, rows) - served).max() > 1_000
    assert desk.history() == [(None, "1", "promote"), ("1", "3", "promote"), ("3", "1", "rollback")]
    assert json.loads(desk.baton("reproduce", "3", "--data", "houses.csv", "--json"))["agrees"]
    check_classifier_is_refused(desk)


def predict(inference: Any, rows: pd.DataFrame) -> Any:
    answers = inference.predict(json.loads(rows.to_json(orient="records")))["predictions"]
    assert all(set(each) == {"value"} for each in answers)
    return np.array([each["value"] for each in answers])


def check_figures(desk: Desk) -> None:
    """Comparison and manifest have the figures of the task; a rollout finds its limits."""
    comparison = json.loads(desk.baton("compare", "1", "3", "--data", "houses.csv", "--json"))
    before, now = comparison["held_out"]["rmse"]
    assert comparison["held_out"]["difference"] == pytest.approx(now / before)
    assert now < before
    assert "roc_auc" not in json.dumps(comparison)
    with desk.registry as registry:
        version = registry.get_version(desk.model, "3")
        figures = fetch_manifest(registry, version, Path(desk.folder, "fetched")).gate_figures
    assert figures["gate_rmse"] == pytest.approx(now, rel=1e-6)
    assert figures["against_version"] == 1
    assert abs(figures["score_shift.value"] or 9) < 1
    assert (figures["score_scale.value"] or 0) > 1_000


def check_classifier_is_refused(desk: Desk) -> None:
    """A classifier of the same table cannot follow a regression."""
    options = ("--data", "houses.csv", "--target", "has_garden", "--drop", housing.TARGET)
    done = desk.try_baton("train", *options, "--promote")
    assert done.returncode == 1
    assert "the task regression became binary" in done.stderr


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--estimator", "logistic"], "'logistic' is a classifier, and this training needs a regr"),
        (["--cost-fp", "2"], "cost_fp and cost_fn are costs of wrong classes"),
        (["--positive", "9"], "--positive 9 needs a target with two classes"),
        (["--task", "classification"], "has fractions"),
    ],
)
def test_option_that_means_nothing_is_refused(
    desk: Desk, houses: pd.DataFrame, options: list[str], line: str
) -> None:
    """In one line, and nothing is registered."""
    houses[housing.TARGET] += 0.5
    houses.to_csv(desk.folder / "houses.csv", index=False)
    done = desk.try_baton("train", *OPTIONS, *options)
    assert done.returncode != 0
    assert line in done.stderr.splitlines()[-1]
    client = mlflow.MlflowClient(desk.tracking_uri)
    assert not client.search_model_versions(f"name='{desk.model}'")
