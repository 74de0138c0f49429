from baton_trainer.gate.verdict import Check, Verdict
from tests.support.trainer.tables import Notes

PASSED = Check("size", passed=True, challenger="1 MB", allowed="2 MB", why="too large")
FAILED = Check("schema", passed=False, why="a column is gone")
ALSO_FAILED = Check("ROC AUC", passed=False, why="it is worse")
SKIPPED = Check("slices", None, why="too few rows")


def test_text_of_the_tag() -> None:
    """`passed`, even with skipped checks; else every reason."""
    assert Verdict((PASSED, SKIPPED), "3", {}).text == "passed"
    failed = Verdict((PASSED, FAILED, ALSO_FAILED), "3", {})
    assert failed.text == "failed: a column is gone; it is worse"


def test_document_has_all_checks_and_figures() -> None:
    """Only checks that did not pass have a reason."""
    document = Verdict((PASSED, SKIPPED), "3", {"rows": 9.0}, {"other": None}).to_json()
    assert document["verdict"] == "passed"
    assert document["production"] == "3"
    assert document["figures"] == {"rows": 9.0, "other": None}
    assert [each["why"] for each in document["checks"]] == ["", "too few rows"]
    assert document["checks"][0]["challenger"] == "1 MB"


def test_table_has_a_row_for_each_check() -> None:
    notes = Notes()
    notes.show(Verdict((PASSED, FAILED, SKIPPED), "3", {}).to_table())
    (table,) = notes.tables
    cells = [[str(cell) for cell in column.cells] for column in table.columns]
    assert cells[0] == ["size", "schema", "slices"]
    assert cells[2] == ["1 MB", "-", "-"]
    assert cells[4] == ["passed", "failed", "skipped: too few rows"]
