import pytest

from baton_cli import terminal
from baton_cli.inference.overview import Overview
from baton_cli.inference.report import Report
from baton_registry.errors import AliasNotSet, RegistryError, RegistryUnavailable
from tests.support.cli.fakes import build_load_failure, build_status
from tests.support.fakes.registry import ALIAS, MODEL, Body


def overview(aspired: str | RegistryError, *bodies: Body | None) -> Overview:
    reports = [Report(f"http://{number}", body) for number, body in enumerate(bodies)]
    return Overview(MODEL, ALIAS, aspired, reports)


def test_all_agree_if_every_process_serves_the_version() -> None:
    """There are no disagreements."""
    result = overview("2", build_status("2"), build_status("2"))
    assert result.list_disagreements() == []
    assert result.to_json() == {
        "model_name": MODEL,
        "alias": ALIAS,
        "aspired_version": "2",
        "inference": [
            {"url": "http://0", "reachable": True, "status": build_status("2")},
            {"url": "http://1", "reachable": True, "status": build_status("2")},
        ],
        "agree": True,
    }


@pytest.mark.parametrize(
    ("aspired", "body", "disagreement"),
    [
        (
            "2",
            build_status("1"),
            "http://0 serves version 1, not version 2; run baton status again",
        ),
        ("2", build_status(None), "http://0 serves nothing, not version 2; run baton status again"),
        (
            "2",
            build_status("1", failure=build_load_failure("2", "no ONNX")),
            "version 2 cannot be loaded: no",
        ),
        ("2", None, "no answer from http://0"),
        ("2", build_status("2", alias="staging"), "http://0 follows churn_model@staging"),
        (AliasNotSet("alias not set"), build_status("1"), "alias not set"),
        (
            RegistryUnavailable("no answer from the registry"),
            build_status("1"),
            "no answer from the",
        ),
    ],
)
def test_disagreement_is_described(
    aspired: str | RegistryError, body: Body | None, disagreement: str
) -> None:
    """Each cause has its own message."""
    result = overview(aspired, body)
    assert len(result.list_disagreements()) == 1
    assert disagreement in result.list_disagreements()[0]
    assert result.to_json()["agree"] is False


def test_one_process_behind_is_a_disagreement() -> None:
    """All processes must agree."""
    assert len(overview("2", build_status("2"), build_status("1")).list_disagreements()) == 1


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
    """An alias that is not set, and a registry that does not answer."""
    assert overview(aspired).format_headline() == f"{MODEL}@{ALIAS} {words}"


def test_table_has_notes_only_if_needed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A healthy stack has no notes."""
    terminal.show(overview("2", build_status("2")).build_table())
    assert "note" not in capsys.readouterr().out
    terminal.show(
        overview(
            "2", build_status("1", failure=build_load_failure("2", "no ONNX [x]"))
        ).build_table()
    )
    assert "version 2 cannot be loaded: no ONNX [x]" in capsys.readouterr().out
