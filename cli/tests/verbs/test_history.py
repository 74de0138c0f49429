import json

import pytest

from baton_cli.main import run
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS


def test_json_is_a_list_oldest_first(
    registry: Registry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every move has the six fields of the contract, also an external one."""
    monkeypatch.setenv("BATON_ACTOR", "ada")
    run(["promote", "1", "--reason", "first"])
    registry.aliases[ALIAS] = "2"
    capsys.readouterr()
    assert run(["history", "--json"]) == 0
    moves = json.loads(capsys.readouterr().out)
    assert [[move[key] for key in ("from", "to", "how", "by", "reason")] for move in moves] == [
        [None, "1", "promote", "ada", "first"],
        ["1", "2", "external", "", ""],
    ]
    assert all(move["at"].endswith("Z") for move in moves)


def test_default_output_is_a_table(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    """One row for each move."""
    run(["promote", "1", "--reason", "first [of all]"])
    capsys.readouterr()
    assert run(["history"]) == 0
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split() == ["when", "(UTC)", "from", "to", "how", "by", "reason"]
    assert row.split()[2:5] == ["-", "1", "promote"]
    assert row.endswith("first [of all]")


def test_reason_is_one_printable_line(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """--json has the original text."""
    reason = "two\nlines,\ta\x1b[2J\x9b and\u202e more"
    run(["promote", "1", "--reason", reason])
    capsys.readouterr()
    assert run(["history"]) == 0
    _, row = capsys.readouterr().out.splitlines()
    assert row.endswith("  two lines, a [2J and more")
    run(["history", "--json"])
    assert json.loads(capsys.readouterr().out)[0]["reason"] == reason


def test_no_moves_is_a_message(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints an empty list."""
    assert run(["history"]) == 0
    assert capsys.readouterr().out == "churn_model@production has no known moves\n"
    assert run(["history", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
