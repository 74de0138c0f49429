"""Every step gives what it gives in scikit-learn, gaps and unknown texts too."""

from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import RFE, SelectKBest
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)

from baton_export import CannotExport, iter_candidates
from tests.support.export.parity import feed, find_same, start_session
from tests.support.export.pipelines import LEARNED, NEW, build_pipeline, fit_and_find
from tests.support.export.table import COLUMNS, TEXTS

UNKNOWN: dict[str, Any] = {"handle_unknown": "use_encoded_value", "unknown_value": -1}


def fill(*steps: Any) -> Pipeline:
    """Fills gaps, then the steps."""
    return make_pipeline(SimpleImputer(strategy="median"), *steps)


@pytest.mark.parametrize(
    "numbers",
    [
        make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()),
        fill(SimpleImputer(missing_values=0, strategy="constant", fill_value=-1), RobustScaler()),
        fill(RobustScaler()),
        fill(MinMaxScaler(clip=True)),
        fill(MaxAbsScaler()),
        *(fill(StandardScaler(), Normalizer(norm)) for norm in ("l1", "l2", "max")),
        fill(PowerTransformer()),
        fill(QuantileTransformer(n_quantiles=50)),
        fill(KBinsDiscretizer(5, encode="ordinal")),
        fill(KBinsDiscretizer(5, encode="onehot-dense")),
        fill(StandardScaler(), PolynomialFeatures(2)),
        fill(StandardScaler(), PCA(3, whiten=True)),
        fill(Binarizer(threshold=1)),
        fill(FeatureUnion([("scaled", StandardScaler()), ("squares", fill(Normalizer()))])),
    ],
    ids=str,
)
def test_a_step_of_numbers(numbers: Any) -> None:
    """In double: cents and nine digits are not rounded."""
    candidate = fit_and_find(build_pipeline(RidgeClassifier(100), numbers), "binary")
    assert candidate is not None
    assert candidate.way == "exact"


@pytest.mark.filterwarnings("ignore:Skipping features")
@pytest.mark.parametrize("strategy", ["mean", "constant"])
@pytest.mark.parametrize("keep", [False, True])
def test_a_column_that_was_empty_in_training(strategy: str, *, keep: bool) -> None:
    """It is dropped or filled, as the version of scikit-learn does."""
    imputer = SimpleImputer(strategy=strategy, fill_value=3.0, keep_empty_features=keep)
    model = build_pipeline(LogisticRegression(max_iter=500), make_pipeline(imputer))
    model.fit(LEARNED.rows.assign(age=np.nan), LEARNED.binary)
    assert find_same(model, COLUMNS, NEW.rows) is not None


@pytest.mark.parametrize(
    "function", [np.log1p, np.sqrt, np.square, np.exp, np.expm1, np.cbrt, np.log2, np.tanh]
)
def test_a_numpy_function(function: Any) -> None:
    """Of numbers between 0 and 1."""
    steps = fill(MinMaxScaler((0.5, 1)), FunctionTransformer(function))
    assert fit_and_find(build_pipeline(LogisticRegression(), steps), "binary") is not None


@pytest.mark.parametrize(
    "texts",
    [
        make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
        make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), OneHotEncoder()),
        OneHotEncoder(handle_unknown="ignore"),
        OneHotEncoder(drop="first", handle_unknown="ignore"),
        OneHotEncoder(min_frequency=0.1, handle_unknown="infrequent_if_exist"),
        OrdinalEncoder(**UNKNOWN, encoded_missing_value=-2),
        make_pipeline(OrdinalEncoder(**UNKNOWN), SimpleImputer()),
        TargetEncoder(),
    ],
    ids=str,
)
def test_a_step_of_texts_with_gaps(texts: Any) -> None:
    """A gap is "" in the graph, and what scikit-learn makes of NaN."""
    model = build_pipeline(LogisticRegression(max_iter=500), texts=texts)
    candidate = fit_and_find(model, "binary", text_gaps=True)
    assert candidate is not None
    assert candidate.way == "exact"


def test_an_unknown_text_is_what_the_encoder_says() -> None:
    """Zeros, or the code of unknown texts."""
    for texts in (OneHotEncoder(handle_unknown="ignore"), OrdinalEncoder(**UNKNOWN)):
        model = build_pipeline(LogisticRegression(max_iter=500), texts=texts)
        model.fit(LEARNED.rows, LEARNED.binary)
        assert find_same(model, COLUMNS, NEW.rows.assign(city="Atlantis")) is not None


@pytest.mark.parametrize("encoder", [OneHotEncoder(), OrdinalEncoder()], ids=str)
def test_an_unknown_text_fails_the_call_as_in_scikit_learn(encoder: Any) -> None:
    """With `handle_unknown="error"`, the default."""
    model = build_pipeline(LogisticRegression(max_iter=500), texts=encoder)
    model.fit(LEARNED.rows, LEARNED.binary)
    candidate = next(iter_candidates(model, COLUMNS))
    session = start_session(candidate.onnx)
    session.run(None, feed(session, COLUMNS, NEW.rows[:5]))
    unknown = feed(session, COLUMNS, NEW.rows[:5].assign(city="Atlantis"))
    with pytest.raises(Exception, match=r"(?i)unknown|out of|bounds"):
        session.run(None, unknown)


@pytest.mark.parametrize("unknown", ["ignore", "error"])
def test_numbers_as_categories(unknown: str) -> None:
    """Tenths and NaN as categories of a one-hot encoder."""
    encoder = OneHotEncoder(handle_unknown=unknown)
    columns = ColumnTransformer([("tenths", encoder, ["rate"]), ("age", encoder, ["age"])])
    model = make_pipeline(columns, LogisticRegression(max_iter=300))
    model.fit(NEW.rows, NEW.binary)
    assert find_same(model, COLUMNS, NEW.rows) is not None


def test_selection_and_remainder() -> None:
    """Selected columns, dropped ones, and the remainder."""
    scaled = fill(StandardScaler())
    columns = ColumnTransformer(
        [("texts", OneHotEncoder(handle_unknown="ignore"), slice(6, 9)), ("age", "drop", [0])],
        remainder=scaled,
        transformer_weights={"texts": 0.5},
    )
    final = LogisticRegression(max_iter=300)
    for selector in (SelectKBest(k=4), RFE(LogisticRegression(max_iter=300))):
        assert fit_and_find(make_pipeline(columns, selector, final), "binary") is not None


def test_an_imputer_that_converters_get_wrong_is_refused() -> None:
    """No other way is tried."""
    model = build_pipeline(LogisticRegression(), make_pipeline(KNNImputer(), StandardScaler()))
    model.fit(LEARNED.rows, LEARNED.binary)
    with pytest.raises(CannotExport, match=r"'knnimputer' .KNNImputer.*use SimpleImputer"):
        next(iter_candidates(model, COLUMNS))


def test_words_are_refused() -> None:
    """ONNX splits them elsewhere: `naïve` becomes two."""
    columns = ColumnTransformer([("words", TfidfVectorizer(), "city")])
    model = make_pipeline(columns, LogisticRegression()).fit(LEARNED.rows, LEARNED.binary)
    with pytest.raises(CannotExport, match=r"'words' .TfidfVectorizer.*splits texts"):
        next(iter_candidates(model, COLUMNS))


def test_an_empty_text_beside_gaps_is_refused() -> None:
    """The service feeds "" for both."""
    rows = LEARNED.rows.copy()
    rows.loc[rows.index[:50], "city"] = ""
    rows.loc[rows.index[50:100], "city"] = None
    encoder = ColumnTransformer([("texts", OneHotEncoder(handle_unknown="ignore"), TEXTS)])
    model = make_pipeline(encoder, LogisticRegression()).fit(rows, LEARNED.binary)
    with pytest.raises(CannotExport, match="tells an empty text from a gap"):
        next(iter_candidates(model, COLUMNS))
