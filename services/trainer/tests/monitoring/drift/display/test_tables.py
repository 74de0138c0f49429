"""The report as text."""

from rich.console import Console

from baton_trainer.monitoring.drift.display.tables import MAX_LINES, format_p_value, render_report
from baton_trainer.monitoring.drift.drift_report import DriftReport
from tests.support.trainer.drift import FLIPPED, MOVED, SAME, make_column, make_report


def render(report: DriftReport, width: int = 100) -> list[str]:
    console = Console(width=width, color_system=None, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(render_report(report))
    return captured.get().splitlines()


def test_report_names_what_has_drifted_and_what_was_not_compared() -> None:
    text = "\n".join(render(make_report(SAME, MOVED, FLIPPED)))
    assert "churn_model version 3: 1,000 logged rows" in text
    assert "2 of 3 columns and outputs have drifted" in text
    assert "20.0 %, e.g. 'an unseen one'" in text
    assert "Not in the log, so not compared: tenure." in text
    assert "Private, so not compared: income." in text
    assert "Between 25.0 % and 100.0 % of the answered rows were logged" in text


def test_report_without_examples_says_so() -> None:
    report = make_report(FLIPPED)
    text = "\n".join(render(report.leave_out_examples()))
    assert "Examples of unseen categories are left out" in text
    assert "20.0 %" in text
    assert "e.g." not in text
    assert "left out" not in "\n".join(render(report))


def test_no_line_is_wider_than_the_terminal() -> None:
    """A name of any length is folded."""
    column = make_column("n" * 300, [5_000, 616, 0, 0], [300, 500, 200, 0])
    assert max(map(len, render(make_report(column), 100))) <= 100


def test_names_stay_on_one_line_and_are_no_markup() -> None:
    column = make_column("[red]a\nb\x1b[31m", [5_000, 616, 0, 0], [300, 500, 200, 0])
    text = "\n".join(render(make_report(column), 400))
    assert "[red]a b [31m" in text
    assert "\x1b" not in text


def test_long_tables_are_cut() -> None:
    columns = [make_column(f"c{n}", [50, 50, 0, 0], [500, 500, 0, 0]) for n in range(MAX_LINES + 9)]
    text = "\n".join(render(make_report(*columns)))
    assert "… and 9 more; --json lists all of them" in text


def test_all_drifted_columns_are_shown() -> None:
    rows = [5_000, 616, 0, 0], [300, 500, 200, 0]
    columns = [make_column(f"c{n}", *rows) for n in range(MAX_LINES + 9)]
    text = "\n".join(render(make_report(*columns)))
    assert f"c{MAX_LINES + 8}" in text


def test_p_values() -> None:
    assert [format_p_value(each) for each in (0.5, 0.04321, 1e-9)] == ["0.500", "0.043", "< 0.001"]
