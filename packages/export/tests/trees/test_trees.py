"""Trees of every library compare what the library compares: float32 or double."""

from typing import Any

import catboost
import numpy as np
import pytest
from lightgbm import Dataset, LGBMClassifier, LGBMRegressor
from lightgbm import train as train_lightgbm
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier
from xgboost import DMatrix, XGBClassifier, XGBRegressor
from xgboost import train as train_xgboost

from baton_export import CannotExport, describe_task, iter_candidates
from tests.support.export.parity import feed, find_same, measure, start_session
from tests.support.export.pipelines import LEARNED, NEW, build_pipeline, fit_and_find, list_targets
from tests.support.export.table import COLUMNS, NUMBERS, TEXTS, draw_sample

QUIET: dict[str, Any] = {"n_estimators": 20, "verbosity": -1, "n_jobs": 1}
FAST: dict[str, Any] = {"n_estimators": 20, "n_jobs": 1}
PLACES = [6, 7, 8]


@pytest.mark.parametrize(
    ("estimator", "target"),
    [
        (DecisionTreeClassifier(random_state=0), "binary"),
        (RandomForestClassifier(20, random_state=0), "multiclass"),
        (RandomForestClassifier(20, random_state=0), "multilabel"),
        (RandomForestRegressor(20, random_state=0), "numbers"),
        (ExtraTreesClassifier(20, random_state=0), "bool"),
        (BaggingClassifier(random_state=0), "binary"),
        (GradientBoostingClassifier(n_estimators=20, random_state=0), "multiclass"),
        (GradientBoostingClassifier(loss="exponential", n_estimators=20), "binary"),
        (HistGradientBoostingClassifier(max_iter=20), "multiclass"),
        (HistGradientBoostingRegressor(loss="poisson", max_iter=20), "positive"),
        (HistGradientBoostingRegressor(loss="gamma", max_iter=20), "positive"),
        (IsolationForest(n_estimators=20, contamination=0.05, random_state=0), "none"),
        (LGBMClassifier(**QUIET), "multiclass"),
        (LGBMRegressor(**QUIET, objective="tweedie"), "positive"),
        (XGBClassifier(**FAST), "three codes"),
        (XGBRegressor(**FAST, objective="reg:tweedie"), "positive"),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_trees_behind_a_scaler(estimator: Any, target: str) -> None:
    """A scaler in float32, as skl2onnx has it, would flip labels."""
    candidate = fit_and_find(build_pipeline(estimator), target)
    assert candidate is not None
    assert candidate.way == "exact"


@pytest.mark.parametrize(
    ("estimator", "target"),
    [
        (RandomForestClassifier(20, random_state=0), "binary"),
        (HistGradientBoostingClassifier(max_iter=20), "binary"),
        (LGBMClassifier(**QUIET, zero_as_missing=True), "codes"),
        (LGBMClassifier(**QUIET, boosting_type="rf", subsample=0.7, subsample_freq=1), "codes"),
        (LGBMClassifier(**QUIET, boosting_type="dart"), "codes"),
        (LGBMRegressor(**QUIET, objective="cross_entropy"), "codes"),
        (XGBClassifier(**FAST, booster="dart", rate_drop=0.3), "codes"),
        (XGBClassifier(**FAST, booster="gblinear"), "codes"),
        (XGBClassifier(**FAST, objective="binary:hinge"), "codes"),
        (XGBRegressor(**FAST, objective="reg:logistic"), "codes"),
        (XGBRegressor(**FAST), "numbers"),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_trees_fitted_on_gaps(estimator: Any, target: str) -> None:
    """NaN goes where the library sends it."""
    model = build_pipeline(estimator, numbers="passthrough")
    assert fit_and_find(model, target) is not None


def test_a_missing_number_that_is_not_nan() -> None:
    """XGBoost's `missing`."""
    model = build_pipeline(XGBClassifier(**FAST, missing=0.5), numbers="passthrough")
    assert fit_and_find(model, "codes") is not None


@pytest.mark.parametrize(
    ("estimator", "target"),
    [
        (HistGradientBoostingClassifier(categorical_features=PLACES, max_iter=20), "binary"),
        (HistGradientBoostingRegressor(categorical_features=PLACES, max_iter=20), "number"),
        (LGBMClassifier(**QUIET), "codes"),
    ],
)
def test_codes_as_categories(estimator: Any, target: str) -> None:
    """A split asks whether a code is one of several; an unknown code is missing."""
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    model = build_pipeline(estimator, "passthrough", encoder)
    if isinstance(estimator, LGBMClassifier):
        learned = draw_sample(800, text_gaps=True)
        options = {"estimator__categorical_feature": PLACES}
        model.fit(learned.rows, list_targets(learned)[target], **options)
    else:
        assert fit_and_find(model, target, text_gaps=True) is not None
    assert find_same(model, COLUMNS, NEW.rows.assign(city="Atlantis")) is not None


@pytest.mark.parametrize(
    "model", [LGBMClassifier(**QUIET), XGBRegressor(**FAST, enable_categorical=True)]
)
def test_pandas_categories(model: Any) -> None:
    """Texts go into the graph; unknown ones and gaps are what the library makes of them."""
    learned = draw_sample(800, text_gaps=True)
    types = dict.fromkeys(TEXTS, "category")
    rows = learned.rows.astype(types)
    model.fit(rows, list_targets(learned)["codes"])
    new = NEW.rows.astype({name: rows[name].dtype for name in TEXTS})
    new.loc[new.index[::9], "city"] = None
    assert find_same(model, COLUMNS, new) is not None


def test_a_tie_of_votes_goes_to_the_first_class() -> None:
    """As doubles: half of an even number of votes is a tie, and not 0.49999997."""
    rng = np.random.default_rng(0)
    rows = NEW.rows
    labels = rng.choice(["no", "yes"], len(rows))
    model = build_pipeline(RandomForestClassifier(30, random_state=0)).fit(rows, labels)
    votes = model.predict_proba(LEARNED.rows)[:, 1]
    assert (np.abs(votes - 0.5) < 1e-12).sum() > 20
    candidate = next(iter_candidates(model, COLUMNS))
    assert measure(model, candidate, COLUMNS, LEARNED.rows).is_none


def test_boosters_without_an_estimator() -> None:
    """LightGBM's and XGBoost's own; the classes are 0, 1 and so on."""
    numbers, inputs = LEARNED.rows[NUMBERS].astype(float), COLUMNS[:6]
    codes = list_targets(LEARNED)["three codes"]
    options = {"objective": "multiclass", "num_class": 3, "verbosity": -1, "num_threads": 1}
    light = train_lightgbm(options, Dataset(numbers, codes), 10)
    extreme = train_xgboost(
        {"objective": "multi:softprob", "num_class": 3, "nthread": 1}, DMatrix(numbers, codes), 10
    )
    new = NEW.rows[NUMBERS].astype(float)
    for booster, truth in ((light, light.predict(new)), (extreme, extreme.predict(DMatrix(new)))):
        assert describe_task(booster).classes == (0, 1, 2)
        session = start_session(next(iter_candidates(booster, inputs)).onnx)
        probabilities = session.run(["probabilities"], feed(session, inputs, new))[0]
        assert np.abs(probabilities - truth).max() < 1e-6


@pytest.mark.parametrize(
    ("objective", "instead"),
    [
        ({"objective": "multi:softmax", "num_class": 3}, "multi:softprob"),
        ({"objective": "binary:logitraw"}, "binary:logistic"),
    ],
)
def test_a_booster_without_probabilities_is_refused(objective: Any, instead: str) -> None:
    """Its `predict` returns labels or margins."""
    numbers = LEARNED.rows[NUMBERS].astype(float)
    codes = list_targets(LEARNED)["three codes" if "num_class" in objective else "codes"]
    booster = train_xgboost({**objective, "nthread": 1}, DMatrix(numbers, codes), 2)
    with pytest.raises(CannotExport, match=f"no probabilities; train it with '{instead}'"):
        next(iter_candidates(booster, COLUMNS[:6]))


def test_leaves_with_linear_models_are_refused() -> None:
    """Converters drop them, and answer something plausible."""
    model = build_pipeline(LGBMRegressor(**QUIET, linear_tree=True))
    model.fit(LEARNED.rows, LEARNED.number)
    with pytest.raises(CannotExport, match="linear_tree; fit without it"):
        next(iter_candidates(model, COLUMNS))


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(20, random_state=0, n_jobs=1),
        HistGradientBoostingClassifier(max_iter=20),
        LGBMClassifier(**QUIET),
        XGBClassifier(**FAST),
    ],
    ids=lambda each: type(each).__name__,
)
def test_no_label_flips_on_50_000_rows(estimator: Any) -> None:
    """Of which 10,000 are learned rows moved by one unit in the last place: near thresholds."""
    model = build_pipeline(estimator).fit(LEARNED.rows, list_targets(LEARNED)["codes"])
    rows = draw_sample(50_000, seed=7).rows
    rng = np.random.default_rng(2)
    near = LEARNED.rows.sample(10_000, replace=True, random_state=1)
    for name in ("age", "income", "balance", "rate"):
        towards = np.where(rng.uniform(size=len(near)) < 0.5, -np.inf, np.inf)
        rows.loc[rows.index[:10_000], name] = np.nextafter(near[name].to_numpy(), towards)
    candidate = next(iter_candidates(model, COLUMNS))
    assert measure(model, candidate, COLUMNS, rows).is_none


@pytest.mark.parametrize(
    ("kind", "target"),
    [("CatBoostClassifier", "multiclass"), ("CatBoostRegressor", "number")],
)
def test_catboost_of_numbers(kind: str, target: str) -> None:
    """Through CatBoost's own graph."""
    options = {"iterations": 20, "verbose": False, "allow_writing_files": False}
    assert fit_and_find(build_pipeline(getattr(catboost, kind)(**options)), target) is not None
