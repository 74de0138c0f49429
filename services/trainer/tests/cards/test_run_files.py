import io

import pandas as pd

from baton_trainer.cards import report_files
from tests.support.trainer.tables import TARGETS, some_subject, some_table


def test_a_run_keeps_the_card_its_pictures_and_its_tables() -> None:
    """What the card shows of, the tables have whole."""
    subject = some_subject(some_table())
    files = report_files.of(subject)
    assert {"model_card.md", "model_card.html", "plots/roc.png", "plots/slices.png"} <= set(files)
    report = subject.candidate.report
    slices = pd.read_csv(io.BytesIO(files["tables/slices.csv"]))
    assert slices["roc_auc"].tolist() == [each.roc_auc for each in report.slices]
    assert len(pd.read_csv(io.BytesIO(files["tables/thresholds.csv"]))) == 999
    worth = pd.read_csv(io.BytesIO(files["tables/importance.csv"]))
    assert worth["column"].tolist() == [each.column for each in report.importances]


def test_of_more_than_two_classes_there_is_no_threshold_table() -> None:
    """Rather than an empty one."""
    files = report_files.of(some_subject(some_table(TARGETS["three texts"])))
    assert not {"tables/thresholds.csv", "plots/costs.png"} & set(files)
