import json

from baton_trainer.tables.columns import column_report
from baton_trainer.tables.columns.roles import ColumnRole
from tests.support.trainer.tables import TARGET, some_table


def test_every_column_has_a_row() -> None:
    """The file's order stays; the target and columns that are left out are listed, too."""
    roles = some_table(drop=("flag",), id=("whole",)).roles
    shown = column_report.build_table(roles)
    names, kinds = (list(column.cells) for column in shown.columns[:2])
    assert names[:3] == ["flag", "gappy flag", "prix (€)"]
    assert dict(zip(names, kinds, strict=True)) == {
        "flag": "dropped",
        "gappy flag": "boolean",
        "prix (€)": "number",
        "label": "category",
        "gappy text": "category",
        "whole": "id",
        "gappy whole": "number",
        TARGET: "target",
    }


def test_very_many_features_are_cut_and_counted() -> None:
    """Columns that are left out are always shown."""
    many = [ColumnRole(f"c{number}", "number", "used") for number in range(100)]
    last = ColumnRole("late", "id", "left out")
    shown = column_report.build_table([*many, last])
    names = list(shown.columns[0].cells)
    assert names[-2:] == ["late", "…"]
    assert len(names) == column_report.MAX_SHOWN + 1
    assert list(shown.columns[2].cells)[-1] == "and 41 more features"


def test_the_document_is_complete() -> None:
    """JSON takes it as it is."""
    roles = some_table().roles
    (target,) = [
        each
        for each in json.loads(json.dumps(column_report.to_json(roles)))
        if each["role"] == "target"
    ]
    assert target["done"].startswith("predicted: ")
    assert (target["name"], target["different"], target["missing"]) == (TARGET, 2, 0)
