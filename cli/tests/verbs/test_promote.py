import pytest

from baton_cli.main import run
from tests.support.cli.fakes import Inference, Registry, build_load_failure
from tests.support.fakes.registry import ALIAS


def test_alias_is_moved(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    """Stdout has the move, stderr nothing."""
    assert run(["promote", "1"]) == 0
    assert run(["promote", "2", "--reason", "better"]) == 0
    assert registry.aliases == {ALIAS: "2"}
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "churn_model@production now points to version 1",
        "churn_model@production moved from version 1 to 2",
    ]
    assert err == ""


def test_alias_option_is_moved(registry: Registry) -> None:
    """`--alias` overrides BATON_ALIAS."""
    assert run(["promote", "1", "--alias", "staging"]) == 0
    assert registry.aliases == {"staging": "1"}


def test_challenger_is_promoted(registry: Registry) -> None:
    """The last version that passed the gate."""
    registry.aliases["challenger"] = "2"
    assert run(["promote", "challenger"]) == 0
    assert registry.aliases[ALIAS] == "2"


def test_failed_gate_is_refused_without_force(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal is one line."""
    registry.add("3", tags={"baton.gate": "failed: worse"})
    assert run(["promote", "3"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("baton: version 3 did not pass the gate (failed: worse)")
    assert err.count("\n") == 1
    assert run(["promote", "3", "--force"]) == 0
    assert registry.aliases == {ALIAS: "3"}


def test_wait_ends_when_inference_serves_the_version(
    inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--wait` needs no value; the output has the URL."""
    assert run(["promote", "1", "--wait"]) == 0
    assert inference.version == "1"
    assert "version 1 is served by http://127.0.0.1:" in capsys.readouterr().out


def test_timeout_leaves_the_alias_and_names_the_way_back(
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


def test_load_failure_ends_the_wait(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """Long before the timeout."""

    class FailingInference(Inference):
        """Cannot load version 2, once the alias points there."""

        def status(self) -> dict[str, object]:
            assert self.registry is not None
            aspired = self.registry.aliases.get(ALIAS)
            self.version, self.failure = "1", build_load_failure("2") if aspired == "2" else None
            return super().status()

    run(["promote", "1"])
    inference.__class__ = FailingInference
    assert run(["promote", "2", "--wait", "600"]) == 1
    assert "cannot load version 2: no ONNX model; alias" in capsys.readouterr().err


def test_external_move_that_fails_to_load_has_a_way_back(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger knows the previous version."""
    run(["promote", "1"])
    registry.aliases[ALIAS] = "2"
    inference.registry, inference.version, inference.failure = None, "1", build_load_failure("2")
    assert run(["promote", "2", "--wait"]) == 1
    assert capsys.readouterr().err.endswith("; go back with: baton rollback --wait\n")
    assert run(["rollback", "--wait"]) == 0
    assert registry.aliases == {ALIAS: "1"}


def test_without_a_previous_version_the_hint_is_to_promote_another(
    registry: Registry, inference: Inference, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rollback would fail."""
    registry.aliases[ALIAS] = "2"
    inference.registry, inference.failure = None, build_load_failure("2")
    assert run(["promote", "2", "--wait"]) == 1
    assert capsys.readouterr().err.endswith("stays on version 2; promote another version\n")
