import builtins
import signal
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import pytest

from baton_cli.errors import CommandFailed
from baton_cli.stopping import Deferral
from baton_cli.training import trainer
from baton_cli.training.options import TrainOptions
from baton_cli.training.trainer import run_training


def test_missing_trainer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inference image has no trainer."""
    hide_package(monkeypatch, "baton_trainer")
    with pytest.raises(CommandFailed, match="trainer is not installed here"):
        run_training(TrainOptions(), Deferral())


def test_error_of_the_trainer_is_one_line() -> None:
    """The message is the trainer's."""
    with pytest.raises(CommandFailed, match="has no parameter 'nix'"):
        run_training(TrainOptions(values={"train": {"params": {"nix": "1"}}}), Deferral())


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
    """The signal comes during training."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(trainer, "call_trainer", interrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        run_training(TrainOptions(), Deferral())
    assert caught.value.args == ("nothing was registered",)


def test_signal_after_the_registration_is_deferred(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal waits until the block ends."""
    done = []

    def train(*arguments: Any, **_: Any) -> None:
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
