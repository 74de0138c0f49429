from baton_trainer.cards.content import build_content, summarize
from baton_trainer.cards.grids import Grid
from tests.support.trainer.tables import TARGETS, some_subject, some_table


def some_content(target: str = "texts", **options: object) -> dict[str, object]:
    return build_content(some_subject(some_table(TARGETS[target]), **options))


def read_rows(grid: object) -> dict[str, tuple[str, ...]]:
    assert isinstance(grid, Grid)
    assert {len(each) for each in grid.rows} == {len(grid.heads)}
    return {each[0]: each[1:] for each in grid.rows}


def test_figures_are_the_logged_metrics_with_their_intervals() -> None:
    """Cross-validated and held out."""
    subject = some_subject(some_table())
    metrics = subject.model.metrics
    cv, held_out = read_rows(build_content(subject)["figures"])["ROC AUC"]
    low, high = metrics["cv_roc_auc_ci_low"], metrics["cv_roc_auc_ci_high"]
    assert cv == f"{metrics['cv_roc_auc']:.4f} ({low:.4f} to {high:.4f})"
    assert held_out.startswith(f"{metrics['test_roc_auc']:.4f} (")


def test_two_classes_have_thresholds_with_the_cheapest_marked() -> None:
    """The costs are those of the request."""
    content = some_content(cost_fp=2, cost_fn=7.5)
    assert (content["cost_fp"], content["cost_fn"]) == ("2", "7.5")
    assert [each for each in read_rows(content["thresholds"]) if "cheapest" in each] == [
        f"cheapest: {content['cheapest']}"
    ]


def test_more_classes_have_no_thresholds() -> None:
    content = some_content("three texts")
    assert content["thresholds"] is None
    assert set(read_rows(content["per_class"])) == {"low", "middle", "high"}
    assert content["positive"] == ""
    assert "predicted" not in content["slices"].heads  # type: ignore[attr-defined]


def test_summary_names_the_weakest_slice() -> None:
    """The MLflow UI shows the summary with the version."""
    subject = some_subject(some_table())
    text = summarize(subject)
    assert text.startswith("logistic, trained on 400 rows (some.csv). ROC AUC 0.")
    assert f"Weakest slice: {subject.model.report.slices[0].name}, 0." in text
