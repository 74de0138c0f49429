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
from baton_cli.training.options import ESTIMATORS, TrainOptions, list_arguments, run_training
from baton_cli.verbs.up import up


def test_missing_trainer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inference image has no trainer."""
    hide_package(monkeypatch, "baton_trainer")
    with pytest.raises(CommandFailed, match="trainer is not installed here"):
        run_training(TrainOptions(), Deferral())


def test_error_of_the_trainer_is_one_line() -> None:
    """With the trainer's own message."""
    with pytest.raises(CommandFailed, match="has no parameter 'nix'"):
        run_training(TrainOptions(values={"train": {"params": {"nix": "1"}}}), Deferral())


@pytest.mark.parametrize("verb", ["train", "up"])
@pytest.mark.parametrize("option", ["separator", "encoding"])
def test_option_that_the_trainer_rejects_is_a_usage_error(
    verb: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message has the option and the allowed values."""
    assert run([verb, f"--{option}", "xx"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"Usage: baton {verb}")
    assert f"--{option} = 'xx'; allowed is" in err


def test_invalid_key_in_baton_toml_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, because the command line is valid. The line names the file."""
    config = tmp_path / "b.toml"
    config.write_text("[data]\nseparator = 'xx'")
    assert run(["train", "--config", str(config)]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"baton: {config}: [data] separator = 'xx'; allowed is")
    assert err.count("\n") == 1


def test_only_given_options_are_collected() -> None:
    """By section and key of baton.toml."""
    options = {
        "data__file": None,
        "columns__target": "y",
        "columns__drop": (),
        "columns__id": ("a",),
    }
    assert TrainOptions.from_parameters(None, options).values == {
        "columns": {"target": "y", "id": ("a",)}
    }


def test_training_options_are_listed_as_arguments() -> None:
    """`baton up` passes them to a child, without its other options."""
    given = ("--config", "b.toml", "--data", "t.csv", "--drop", "a", "--drop", "b c")
    with up.make_context("up", [*given, "--port", "9"]) as ctx:
        assert list_arguments(ctx) == given
    with up.make_context("up", []) as ctx:
        assert list_arguments(ctx) == ()


def test_estimators_equal_those_of_the_trainer() -> None:
    """The command line repeats the names because an image may lack the trainer."""
    from baton_trainer.models import families  # noqa: PLC0415 - as above

    assert tuple(families.FAMILIES) == ESTIMATORS
    assert families.DEFAULT == training.DEFAULT_ESTIMATOR


def hide_package(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Makes imports of a package fail as if it were not installed."""
    real_import = builtins.__import__

    def import_module(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - Python's name
        locals: Mapping[str, object] | None = None,  # noqa: A002 - Python's name
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if name.split(".", maxsplit=1)[0] == package:
            raise ModuleNotFoundError(name=package)
        return real_import(name, globals, locals, fromlist or (), level)

    monkeypatch.setattr(builtins, "__import__", import_module)


def test_signal_before_the_registration_explains_that_nothing_was_registered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """During the training."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "call_trainer", interrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        run_training(TrainOptions(), Deferral())
    assert caught.value.args == ("nothing was registered",)


def test_signal_after_the_registration_is_deferred(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the block ends."""
    done = []

    def train(*arguments: Any) -> None:
        arguments[-1]()
        signal.raise_signal(signal.SIGINT)
        done.append("registered")

    monkeypatch.setattr("baton_trainer.training.train", train)

    def work() -> None:
        with Deferral() as deferral:
            run_training(TrainOptions(), deferral)
            done.append("printed")

    with pytest.raises(KeyboardInterrupt) as caught:
        work()
    assert done == ["registered", "printed"]
    assert caught.value.args == ()
