"""The commands, links and pictures of the documents: what they name is there.

tests/embedded runs the commands of a machine without Docker, tests/stack those of the containers.
"""

import re
import shutil
import subprocess
from functools import cache

import click
import pytest
import yaml

from baton_cli.main import cli
from tests.support.documents.blocks import (
    DOCUMENTS,
    LANGUAGES,
    ROOT,
    Block,
    Command,
    blocks,
    consoles,
)

BLOCKS = [block for document in DOCUMENTS for block in blocks(document)]
COMMANDS = [
    command
    for document in DOCUMENTS
    for block in consoles(document)
    for command in block.commands()
    if not block.not_run or command.words[0].startswith("scripts/")
]
COMPOSE = [
    yaml.safe_load(file.read_text(encoding="utf-8"))["services"]
    for file in (ROOT / "docker-compose.yml", *ROOT.glob("deploy/*.yml"))
]
SERVICES = {name for services in COMPOSE for name in services}
PROFILES = {
    profile
    for services in COMPOSE
    for service in services.values()
    for profile in service.get("profiles", ())
}
OF_THE_SYSTEM = {
    "baton",
    ".venv/bin/baton",
    ".venv/bin/python",
    "docker",
    "curl",
    "export",
    "bash",
    "echo",
}


def where(found: Block | Command) -> str:
    """The id of a test's case."""
    return found.where


def test_no_command_hides() -> None:
    """What can be typed stands in a console block; what is to be saved has a name."""
    for block in BLOCKS:
        assert block.language in LANGUAGES, f"{block.where}: of which language?"
        if block.language in ("python", "bash"):
            assert block.file, f"{block.where}: a script that no test runs"
        if block.language != "console":
            assert "\n$ " not in f"\n{block.text}", f"{block.where}: commands"
    total = sum(d.read_text(encoding="utf-8").count("\n```") for d in DOCUMENTS)
    assert total == 2 * len(BLOCKS)


@pytest.mark.parametrize("command", COMMANDS, ids=where)
def test_commands_exist(command: Command) -> None:
    """The program is one of the project's or the system's; verbs, options and services exist."""
    program, *_ = command.words
    assert program in OF_THE_SYSTEM or (ROOT / program).is_file(), command.text
    if program == "docker":
        check_compose(command)
    if command.arguments_of_baton is not None:
        parse(["1" if word.startswith("$") else word for word in command.arguments_of_baton])


def parse(arguments: list[str]) -> None:
    """Raises `click.UsageError` on a verb or an option that `baton` has not; runs nothing."""
    group = cli.make_context("baton", [*arguments])
    name, command, rest = cli.resolve_command(group, [*arguments])
    assert isinstance(command, click.Command)
    command.make_context(name, rest, parent=group)


def check_compose(command: Command) -> None:
    """The subcommand and its options are Compose's, the services and profiles ours."""
    compose, *rest = command.words[1:]
    assert compose == "compose", command.text
    if rest[0] == "--profile":
        assert rest[1] in PROFILES, command.text
        rest = rest[2:]
    verb, *arguments = rest
    ours = next((n for n, word in enumerate(arguments) if word in SERVICES), len(arguments))
    options = [word for word in arguments[:ours] if word.startswith("-")]
    known = options_of_compose(verb)
    for option in options:
        assert known is None or option.partition("=")[0] in known, f"{command.text}: {option}"
    named = [word for word in arguments[ours:] if not word.startswith("-")]
    if verb in ("run", "exec"):
        assert named, f"{command.text}: no service of ours"
        return
    others = [word for word in arguments if word[:1] != "-" and not set(word) & set("=:/")]
    for service in {*named, *others}:
        assert service in SERVICES, command.text


@cache
def options_of_compose(verb: str) -> set[str] | None:
    """The options of a subcommand, as it tells them itself; None where Compose is not here."""
    if shutil.which("docker") is None:
        return None
    told = subprocess.run(
        ["docker", "compose", verb, "--help"], capture_output=True, text=True, check=True
    )
    assert f"docker compose {verb}" in told.stdout, f"Compose has no {verb}"
    return {*re.findall(r"(?<![\w-])--?[\w-]+", told.stdout)}


def test_links_lead_somewhere() -> None:
    """Every link and picture within the project is a file that is there."""
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_figures_of_the_comparison_are_the_benchmarks() -> None:
    """docs/comparison.md has no figure of speed or memory that docs/benchmarks.md has not."""
    docs = ROOT / "docs"
    figures = re.findall(r"\d[\d,.]*\d{2}|\d+\.\d", (docs / "comparison.md").read_text("utf-8"))
    measured = (docs / "benchmarks.md").read_text("utf-8")
    assert len(figures) > 4
    for figure in figures:
        assert re.search(rf"(?<![\d,.]){re.escape(figure)}(?![\d,.])", measured), figure


def test_pictures_are_small() -> None:
    """A page with all pictures loads on a train."""
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.stat().st_size <= 150_000, picture.name
