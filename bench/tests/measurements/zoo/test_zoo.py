"""A sample of the zoo: what is exported is right, what cannot be is refused."""

import pytest

from bench.measurements.zoo import report, trial
from bench.measurements.zoo.benchmark import Zoo
from bench.measurements.zoo.case import Case
from bench.measurements.zoo.cases import list_cases
from bench.measurements.zoo.trial import Result

ALL = list_cases()
RIGHT = (
    "LinearDiscriminantAnalysis",
    "TunedThresholdClassifierCV",
    "RandomForestClassifier",
    "HistGradientBoostingClassifier",
    "zero_as_missing",
    "objective=reg:logistic",
    "HistGradientBoostingRegressor, categorical_features",
    "pandas categories, LGBMClassifier",
    "behind a scaler",
    "CalibratedClassifierCV(isotonic) of LightGBM",
    "TransformedTargetRegressor(log1p, expm1)",
    "OneHotEncoder fitted with gaps",
    "OrdinalEncoder fitted with gaps",
    "IsolationForest",
    "RandomForestClassifier, two labels",
)
REFUSED = (
    "linear_tree",
    "KNNImputer",
    "FunctionTransformer of own code",
    "TfidfVectorizer",
    "HashingVectorizer",
    "multi_output_tree",
)


def find(name: str) -> Case:
    """Finds the first case of a name."""
    return next(case for case in ALL if case.name == name)


def test_the_cases_have_different_names() -> None:
    """Each is one line of the table; a study's 269 cases are among them."""
    names = [(case.group, case.name) for case in ALL]
    assert len({*names}) == len(names) >= 269


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", RIGHT)
def test_models_that_converters_get_wrong_are_exact(name: str) -> None:
    """On 1,000 rows by which the way is chosen, and on 4,000 others."""
    result = trial.run(find(name))
    assert result.way == "exact", result.reason
    assert result.difference is not None
    assert result.difference.is_none
    assert not result.wrong_later


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REFUSED)
def test_models_without_a_form_are_refused(name: str) -> None:
    """With a reason that says what to do."""
    result = trial.run(find(name))
    assert result.way is None
    assert "has no exact ONNX form" in result.reason
    assert ";" in result.reason


def test_the_tables_list_what_is_right_and_what_is_refused() -> None:
    """And the summary counts both."""
    case = find("LogisticRegression")
    results = [Result(case, "exact", row_us=9.5), Result(case, reason="no form")]
    zoo = Zoo(results, [])
    assert "Of 2 models, 1 are exported (1 the exact way) and 1 are refused." in (
        report.format_summary(zoo)
    )
    text = report.format_tables(zoo)
    assert "### scikit-learn classifiers" in text
    assert "- LogisticRegression: no form" in text
