import pytest

from baton_cli.main import run
from tests.support.cli.fakes import Inference, Registry, load_failure
from tests.support.fakes.registry import ALIAS


def test_moves_the_alias(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    """The move is told on stdout, nothing else is said."""
    assert run(["promote", "1"]) == 0
    assert run(["promote", "2", "--reason", "better"]) == 0
    assert registry.aliases == {ALIAS: "2"}
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "churn_model@production is set to version 1",
        "churn_model@production moved from version 1 to 2",
    ]
    assert err == ""


def test_moves_the_alias_that_is_named(registry: Registry) -> None:
    """`--alias` stands for BATON_ALIAS."""
    assert run(["promote", "1", "--alias", "staging"]) == 0
    assert registry.aliases == {"staging": "1"}


def test_promotes_the_challenger(registry: Registry) -> None:
    """The newest version that passed its gate, whichever it is."""
    registry.aliases["challenger"] = "2"
    assert run(["promote", "challenger"]) == 0
    assert registry.aliases[ALIAS] == "2"


def test_a_refusal_is_one_line_unless_forced(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """The gate stands in the way; `--force` goes past it."""
    registry.add("3", tags={"baton.gate": "failed: worse"})
    assert run(["promote", "3"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("baton: version 3 did not pass the gate (failed: worse)")
    assert err.count("\n") == 1
    assert run(["promote", "3", "--force"]) == 0
    assert registry.aliases == {ALIAS: "3"}


def test_waits_until_it_is_served(inference: Inference, capsys: pytest.CaptureFixture[str]) -> None:
    """`--wait` alone waits its usual time; who serves the version is told."""
    assert run(["promote", "1", "--wait"]) == 0
    assert inference.version == "1"
    assert "version 1 is served by http://127.0.0.1:" in capsys.readouterr().out


def test_the_time_out_leaves_the_alias_and_says_how_to_go_back(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on stderr, the move on stdout."""
    run(["promote", "1"])
    inference.registry, inference.version = None, "1"
    capsys.readouterr()
    assert run(["promote", "2", "--wait", "0.01"]) == 1
    out, err = capsys.readouterr()
    assert out == "churn_model@production moved from version 1 to 2\n"
    assert err.startswith("baton: version 2 is not served everywhere after 0.01 s: http://127")
    assert err.endswith(
        "alias 'production' stays on version 2; go back with: baton rollback --wait\n"
    )
    assert err.count("\n") == 1
    assert registry.aliases == {ALIAS: "2"}


def test_a_load_failure_ends_the_wait(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason is told long before the time is up."""

    class Failing(Inference):
        """Cannot load version 2, once the alias points there."""

        def status(self) -> dict[str, object]:
            assert self.registry is not None
            aspired = self.registry.aliases.get(ALIAS)
            self.version, self.failure = "1", load_failure("2") if aspired == "2" else None
            return super().status()

    run(["promote", "1"])
    inference.__class__ = Failing
    assert run(["promote", "2", "--wait", "600"]) == 1
    assert "cannot load version 2: no ONNX model; alias" in capsys.readouterr().err


def test_a_move_by_other_hands_that_cannot_be_served_has_a_way_back(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing to move, and the ledger knows what was before."""
    run(["promote", "1"])
    registry.aliases[ALIAS] = "2"
    inference.registry, inference.version, inference.failure = None, "1", load_failure("2")
    assert run(["promote", "2", "--wait"]) == 1
    assert capsys.readouterr().err.endswith("; go back with: baton rollback --wait\n")
    assert run(["rollback", "--wait"]) == 0
    assert registry.aliases == {ALIAS: "1"}


def test_without_a_version_before_another_is_promoted(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rollback would be refused."""
    registry.aliases[ALIAS] = "2"
    inference.registry, inference.failure = None, load_failure("2")
    assert run(["promote", "2", "--wait"]) == 1
    assert capsys.readouterr().err.endswith("stays on version 2; promote another version\n")
