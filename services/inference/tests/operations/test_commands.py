"""The commands on the operations page."""

import shlex

import pytest

from baton_inference.operations.commands import Commands


def test_defaults_are_omitted() -> None:
    """A default model name or alias is not in the command."""
    commands = Commands("churn_model", "production")
    assert commands.build_rollback() == "baton rollback --wait"
    assert commands.build_promote("3") == "baton promote 3 --wait"


@pytest.mark.parametrize("name", ["a b", "$(reboot)", "'; reboot; '", "`reboot`\n"])
def test_names_are_quoted(name: str) -> None:
    """Any model name stays one shell word, so a pasted command runs only baton."""
    command = Commands(name, "blue").build_promote(f"3{name}")
    assert shlex.split(command) == [
        f"BATON_MODEL_NAME={name}",
        "BATON_ALIAS=blue",
        "baton",
        "promote",
        f"3{name}",
        "--wait",
    ]
