import pytest

from baton_cli.main import run
from tests.support.cli.fakes import Inference, Registry
from tests.support.fakes.registry import ALIAS


def test_goes_back_to_the_version_before(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """And waits until it is served, if asked to."""
    run(["promote", "1"])
    run(["promote", "2"])
    capsys.readouterr()
    assert run(["rollback", "--wait", "--reason", "complaints"]) == 0
    assert registry.aliases == {ALIAS: "1"}
    assert capsys.readouterr().out.startswith("churn_model@production moved from version 2 to 1\n")
    assert inference.version == "1"


def test_nothing_before_is_one_line(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    """There is no version to go back to from the first."""
    run(["promote", "1"])
    assert run(["rollback"]) == 1
    assert capsys.readouterr().err == (
        "baton: there is no earlier promoted version; name one: baton rollback --to VERSION\n"
    )


def test_goes_to_the_version_that_is_named(registry: Registry) -> None:
    """Also to one that was never promoted."""
    run(["promote", "1"])
    assert run(["rollback", "--to", "2"]) == 0
    assert registry.aliases == {ALIAS: "2"}


def test_a_version_is_a_number(registry: Registry) -> None:
    """`challenger` is nothing to go back to."""
    assert run(["rollback", "--to", "challenger"]) == 2
