import builtins
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from baton_cli.errors import CommandFailed
from baton_cli.main import run
from baton_cli.stopping import Deferral
from baton_cli.training import options as training
from baton_cli.training.options import ESTIMATORS, Order, repeated, run_training
from baton_cli.verbs.up import up


def test_an_installation_without_the_trainer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inference image has no trainer: one line names what is missing."""
    without_package(monkeypatch, "baton_trainer")
    with pytest.raises(CommandFailed, match="baton_trainer is not installed"):
        run_training(Order(), Deferral())


def test_what_the_trainer_objects_to_is_one_line() -> None:
    """Its texts are the user's own: file, column, hint."""
    with pytest.raises(CommandFailed, match="has no parameter 'nix'"):
        run_training(Order(given={"train": {"params": {"nix": "1"}}}), Deferral())


@pytest.mark.parametrize("verb", ["train", "up"])
@pytest.mark.parametrize("option", ["separator", "encoding"])
def test_an_option_that_only_the_trainer_can_judge_is_a_usage_error(
    verb: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As one is that the command line judges by itself; the option and what is allowed are told."""
    assert run([verb, f"--{option}", "xx"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"Usage: baton {verb}")
    assert f"--{option} = 'xx'; allowed is" in err


def test_the_same_in_a_file_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line is right then: one line, which names the file."""
    config = tmp_path / "b.toml"
    config.write_text("[data]\nseparator = 'xx'")
    assert run(["train", "--config", str(config)]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"baton: {config}: [data] separator = 'xx'; allowed is")
    assert err.count("\n") == 1


def test_only_what_was_given_is_said() -> None:
    """By section and key of the file that says the same, where it is not said here."""
    options = {
        "data__file": None,
        "columns__target": "y",
        "columns__drop": (),
        "columns__id": ("a",),
    }
    assert Order.of(None, options).given == {"columns": {"target": "y", "id": ("a",)}}


def test_what_to_train_can_be_passed_on_to_another_command() -> None:
    """`baton up` trains in a child: nothing that was said gets lost, and no other option."""
    given = ("--config", "b.toml", "--data", "t.csv", "--drop", "a", "--drop", "b c")
    with up.make_context("up", [*given, "--port", "9"]) as ctx:
        assert repeated(ctx) == given
    with up.make_context("up", []) as ctx:
        assert repeated(ctx) == ()


def test_the_estimators_are_those_of_the_trainer() -> None:
    """The command line repeats the names because an image may lack the trainer."""
    from baton_trainer.models import families  # noqa: PLC0415 - as above

    assert tuple(families.FAMILIES) == ESTIMATORS
    assert families.DEFAULT == training.DEFAULT_ESTIMATOR


def without_package(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Makes imports from a package fail as if it were not installed."""
    real_import = builtins.__import__

    def importing(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - Python's name
        locals: Mapping[str, object] | None = None,  # noqa: A002 - Python's name
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if name.split(".", maxsplit=1)[0] == package:
            raise ModuleNotFoundError(name=package)
        return real_import(name, globals, locals, fromlist or (), level)

    monkeypatch.setattr(builtins, "__import__", importing)


def test_a_signal_before_the_registration_says_that_nothing_is_registered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where it came while the trainer was at work."""

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "in_trainer", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        run_training(Order(), Deferral())
    assert caught.value.args == ("nothing was registered",)


def test_signals_wait_from_the_registration_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it the trainer's work may be dropped at any moment."""
    done = []

    def train(*arguments: Any) -> None:
        arguments[-1]()
        signal.raise_signal(signal.SIGINT)
        done.append("registered")

    monkeypatch.setattr("baton_trainer.training.train", train)

    def work() -> None:
        with Deferral() as until_told:
            run_training(Order(), until_told)
            done.append("told")

    with pytest.raises(KeyboardInterrupt) as caught:
        work()
    assert done == ["registered", "told"]
    assert caught.value.args == ()
