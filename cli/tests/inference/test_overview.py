import pytest

from baton_cli import terminal
from baton_cli.inference.overview import Overview
from baton_cli.inference.status_client import Report
from baton_registry.errors import AliasNotSet, RegistryError, RegistryUnavailable
from tests.support.cli.fakes import load_failure, status
from tests.support.fakes.registry import ALIAS, MODEL, Body


def overview(aspired: str | RegistryError, *bodies: Body | None) -> Overview:
    reports = [Report(f"http://{number}", body) for number, body in enumerate(bodies)]
    return Overview(MODEL, ALIAS, aspired, reports)


def test_all_agree_where_every_process_serves_the_version() -> None:
    """Then there is nothing to object to."""
    seen = overview("2", status("2"), status("2"))
    assert seen.list_disagreements() == []
    assert seen.to_json() == {
        "model_name": MODEL,
        "alias": ALIAS,
        "aspired_version": "2",
        "inference": [
            {"url": "http://0", "reachable": True, "status": status("2")},
            {"url": "http://1", "reachable": True, "status": status("2")},
        ],
        "agree": True,
    }


@pytest.mark.parametrize(
    ("aspired", "body", "disagreement"),
    [
        ("2", status("1"), "http://0 serves 1, not version 2; ask again in a moment"),
        ("2", status(None), "http://0 serves nothing, not version 2; ask again in a moment"),
        ("2", status("1", failure=load_failure("2", "no ONNX")), "version 2 cannot be loaded: no"),
        ("2", None, "no answer from http://0"),
        ("2", status("2", alias="staging"), "http://0 follows churn_model@staging"),
        (AliasNotSet("alias not set"), status("1"), "alias not set"),
        (RegistryUnavailable("no answer from the registry"), status("1"), "no answer from the"),
    ],
)
def test_says_what_does_not_agree(
    aspired: str | RegistryError, body: Body | None, disagreement: str
) -> None:
    """Each way of not agreeing has its own words."""
    seen = overview(aspired, body)
    assert len(seen.list_disagreements()) == 1
    assert disagreement in seen.list_disagreements()[0]
    assert seen.to_json()["agree"] is False


def test_one_process_that_is_behind_is_enough() -> None:
    """They agree only if all do."""
    assert len(overview("2", status("2"), status("1")).list_disagreements()) == 1


@pytest.mark.parametrize(
    ("aspired", "words"),
    [
        ("2", "-> version 2"),
        (AliasNotSet("…"), "-> not set"),
        (RegistryUnavailable("…"), "-> unknown"),
    ],
)
def test_the_headline_tells_an_unset_alias_from_an_unknown_one(
    aspired: str | RegistryError, words: str
) -> None:
    """That the registry said no is another fact than that it did not answer."""
    assert overview(aspired).format_headline() == f"{MODEL}@{ALIAS} {words}"


def test_the_table_has_notes_only_where_there_are_any(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A healthy stack is read at a glance."""
    terminal.show(overview("2", status("2")).table())
    assert "note" not in capsys.readouterr().out
    terminal.show(overview("2", status("1", failure=load_failure("2", "no ONNX [x]"))).table())
    assert "version 2 cannot be loaded: no ONNX [x]" in capsys.readouterr().out
