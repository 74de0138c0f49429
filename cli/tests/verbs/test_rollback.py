from typing import Any

import pytest

from baton_cli.main import run
from baton_cli.rollouts.control import hand
from tests.support.cli.fakes import Inference, Registry
from tests.support.fakes.registry import ALIAS, build_mlmodel


def test_alias_moves_back_to_the_previous_version(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--wait` waits until inference serves it."""
    run(["promote", "1"])
    run(["promote", "2"])
    capsys.readouterr()
    assert run(["rollback", "--wait", "--reason", "complaints"]) == 0
    assert registry.aliases == {ALIAS: "1"}
    assert capsys.readouterr().out.startswith("churn_model@production moved from version 2 to 1\n")
    assert inference.version == "1"


def test_move_at_the_same_time_is_not_undone_twice(
    registry: Registry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A controller that sees the abort may move the alias back before this command does."""
    registry.add("3", MLmodel=build_mlmodel(("tenure", "long", True)))
    for aside, code in (("2", 0), ("1", 1)):
        for version in "123":
            run(["promote", version])

        def abort_first(*_: Any, aside: str = aside) -> None:
            registry.aliases[ALIAS] = aside

        monkeypatch.setattr(hand, "abort_first", abort_first)
        capsys.readouterr()
        assert run(["rollback"]) == code
        assert registry.aliases == {ALIAS: aside}
    assert capsys.readouterr().err == (
        "baton: alias 'production' has moved from version 3 to 1 at the same time;"
        " check with baton status, and try again\n"
    )


def test_missing_previous_version_is_one_line(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """E.g. after the first promotion."""
    run(["promote", "1"])
    assert run(["rollback"]) == 1
    assert capsys.readouterr().err == (
        "baton: there is no earlier promoted version; name one: baton rollback --to VERSION\n"
    )


def test_to_moves_to_the_given_version(registry: Registry) -> None:
    """Version 2 was never promoted."""
    run(["promote", "1"])
    assert run(["rollback", "--to", "2"]) == 0
    assert registry.aliases == {ALIAS: "2"}


def test_to_requires_a_number(registry: Registry) -> None:
    """`challenger` is a usage error."""
    assert run(["rollback", "--to", "challenger"]) == 2
