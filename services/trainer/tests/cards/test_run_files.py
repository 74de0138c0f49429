import io

import pandas as pd

from baton_trainer.cards import run_files
from tests.support.trainer.tables import TARGETS, some_subject, some_table


def test_files_are_the_card_its_plots_and_its_tables() -> None:
    """The tables are complete; the card shows a part."""
    subject = some_subject(some_table())
    files = run_files.build_run_files(subject)
    assert {"model_card.md", "model_card.html", "plots/roc.png", "plots/slices.png"} <= set(files)
    report = subject.model.report
    slices = pd.read_csv(io.BytesIO(files["tables/slices.csv"]))
    assert slices["roc_auc"].tolist() == [each.quality for each in report.slices]
    assert len(pd.read_csv(io.BytesIO(files["tables/thresholds.csv"]))) == 999
    importance = pd.read_csv(io.BytesIO(files["tables/importance.csv"]))
    assert importance["column"].tolist() == [each.column for each in report.importances]


def test_more_than_two_classes_have_no_threshold_table() -> None:
    files = run_files.build_run_files(some_subject(some_table(TARGETS["three texts"])))
    assert not {"tables/thresholds.csv", "plots/costs.png"} & set(files)
