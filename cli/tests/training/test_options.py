from pathlib import Path

import pytest

from baton_cli.main import run
from baton_cli.training import options as training
from baton_cli.training.options import ESTIMATORS, TrainOptions, list_arguments
from baton_cli.verbs.up import up


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
    """The keys are the sections and keys of baton.toml."""
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

    names = {name for known in families.FAMILIES.values() for name in known}
    assert set(ESTIMATORS) == names
    assert families.DEFAULT == training.DEFAULT_ESTIMATOR
    assert next(iter(families.REGRESSORS)) == training.DEFAULT_REGRESSOR
