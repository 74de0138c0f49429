from baton_trainer.cards import card_content
from baton_trainer.cards.card_grids import Grid
from tests.support.trainer.tables import TARGETS, some_subject, some_table


def content(target: str = "texts", **options: object) -> dict[str, object]:
    return card_content.of(some_subject(some_table(TARGETS[target]), **options))


def rows(found: object) -> dict[str, tuple[str, ...]]:
    assert isinstance(found, Grid)
    assert {len(each) for each in found.rows} == {len(found.heads)}
    return {each[0]: each[1:] for each in found.rows}


def test_the_figures_are_those_that_are_logged_with_their_intervals() -> None:
    """Cross-validated and held out, side by side."""
    subject = some_subject(some_table())
    metrics = subject.candidate.metrics
    cv, held_out = rows(card_content.of(subject)["figures"])["ROC AUC"]
    low, high = metrics["cv_roc_auc_ci_low"], metrics["cv_roc_auc_ci_high"]
    assert cv == f"{metrics['cv_roc_auc']:.4f} ({low:.4f} to {high:.4f})"
    assert held_out.startswith(f"{metrics['test_roc_auc']:.4f} (")


def test_of_two_classes_there_are_thresholds_with_the_cheapest_marked() -> None:
    """In the costs that were given."""
    found = content(cost_fp=2, cost_fn=7.5)
    assert (found["cost_fp"], found["cost_fn"]) == ("2", "7.5")
    assert [each for each in rows(found["thresholds"]) if "cheapest" in each] == [
        f"cheapest: {found['cheapest']}"
    ]


def test_of_more_classes_there_are_none() -> None:
    """A threshold is of one class against one other."""
    found = content("three texts")
    assert found["thresholds"] is None
    assert found["positive"] == ""
    assert "predicted" not in found["slices"].heads  # type: ignore[attr-defined]


def test_the_summary_names_the_weakest_slice() -> None:
    """In a line that the MLflow UI shows with the version."""
    subject = some_subject(some_table())
    text = card_content.summary(subject)
    assert text.startswith("logistic on 400 rows of some.csv. ROC AUC 0.")
    assert f"Weakest slice: {subject.candidate.report.slices[0].name}, 0." in text
