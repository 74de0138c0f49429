"""The commands that the page shows."""

import shlex

import pytest

from baton_inference.operations.commands import Commands


def test_defaults_are_not_repeated() -> None:
    """A shell that sets nothing needs nothing set."""
    commands = Commands("churn_model", "production")
    assert commands.rollback() == "baton rollback --wait"
    assert commands.promote("3") == "baton promote 3 --wait"


@pytest.mark.parametrize("name", ["a b", "$(reboot)", "'; reboot; '", "`reboot`\n"])
def test_whatever_a_model_is_called_it_is_one_word(name: str) -> None:
    """A command that is pasted runs nothing but baton."""
    command = Commands(name, "blue").promote(f"3{name}")
    assert shlex.split(command) == [
        f"BATON_MODEL_NAME={name}",
        "BATON_ALIAS=blue",
        "baton",
        "promote",
        f"3{name}",
        "--wait",
    ]
