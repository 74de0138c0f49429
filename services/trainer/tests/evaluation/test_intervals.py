from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from baton_trainer.evaluation import intervals
from baton_trainer.evaluation.classes import metrics as evaluation
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from tests.support.trainer.tables import some_outcome


@given(st.integers(2, 4), st.integers(0, 1), st.data())
def test_each_row_once_gives_the_metrics_of_scikit_learn(
    classes: int, positive: int, data: st.DataObject
) -> None:
    """Many rows may have the same probability."""
    rows = data.draw(st.integers(classes, 40))
    tenths = st.lists(st.integers(1, 10), min_size=classes, max_size=classes)
    odds = np.array(data.draw(st.lists(tenths, min_size=rows, max_size=rows)), float)
    outcome = ClassOutcome(
        classes=tuple(range(classes)),
        truth=np.arange(rows) % classes,
        probabilities=odds / odds.sum(axis=1, keepdims=True),
        positive=positive if classes == 2 else 1,
    )
    result = outcome.compute_resampled(np.ones((1, rows)))
    expected = evaluation.compute_metrics(outcome)
    assert {name: each[0] for name, each in result.items()} == pytest.approx(
        {name: value for name, value in expected.items() if name != "ece"}
    )


def test_a_row_counts_as_often_as_it_is_drawn() -> None:
    """A sample weight in scikit-learn has the same effect."""
    outcome = some_outcome(2, 80)
    counts = np.random.default_rng(0).integers(0, 4, (3, 80)).astype(float)
    result = outcome.compute_resampled(counts)
    for place, weights in enumerate(counts):
        truth, score = outcome.truth, outcome.probabilities[:, 1]
        roc = roc_auc_score(truth, score, sample_weight=weights)
        area = average_precision_score(truth, score, sample_weight=weights)
        f1 = f1_score(truth, outcome.predictions, sample_weight=weights)
        assert result["roc_auc"][place] == pytest.approx(roc)
        assert result["pr_auc"][place] == pytest.approx(area)
        assert result["f1"][place] == pytest.approx(f1)


@pytest.mark.parametrize("classes", [2, 3])
def test_most_intervals_contain_the_true_value(classes: int) -> None:
    """It should be 19 of 20; the metric of 40,000 rows is taken as the true value."""
    every = some_outcome(classes, 40_000)
    truth = evaluation.compute_metrics(every)
    rng = np.random.default_rng(1)
    held = [
        {name: low <= truth[name] <= high for name, (low, high) in result.items()}
        for result in (
            intervals.compute_intervals(every.select(rng.integers(40_000, size=300)), seed)
            for seed in range(60)
        )
    ]
    for name in held[0]:
        assert np.mean([each[name] for each in held]) > 0.85, name


def test_more_rows_make_the_interval_narrower_even_if_sampled() -> None:
    """Its width falls with the square root of their number."""
    few, many = (
        intervals.compute_intervals(some_outcome(2, rows), 0)["roc_auc"] for rows in (4_000, 64_000)
    )
    assert (few[1] - few[0]) / (many[1] - many[0]) == pytest.approx(4, rel=0.2)
    assert many[0] < evaluation.compute_roc_auc(some_outcome(2, 64_000)) < many[1]


def test_a_class_of_one_row_is_in_every_draw() -> None:
    """Draws are stratified, so no metric is undefined."""
    outcome = some_outcome(3, 60)
    truth = np.zeros(60, np.intp)
    truth[:20], truth[20] = 1, 2
    result = intervals.compute_intervals(replace(outcome, truth=truth), 0)
    assert all(np.isfinite(each).all() for each in result.values())


def test_the_seed_determines_the_intervals() -> None:
    """The same rows and seed give the same intervals."""
    outcome = some_outcome(2)
    assert intervals.compute_intervals(outcome, 3) == intervals.compute_intervals(outcome, 3)
    assert intervals.compute_intervals(outcome, 3) != intervals.compute_intervals(outcome, 4)
