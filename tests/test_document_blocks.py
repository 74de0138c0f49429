"""Commands, links and pictures of the documents exist.

tests/embedded runs the commands without Docker, tests/stack those with Docker.
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
    read_blocks,
    read_consoles,
)

BLOCKS = [block for document in DOCUMENTS for block in read_blocks(document)]
COMMANDS = [
    command
    for document in DOCUMENTS
    for block in read_consoles(document)
    for command in block.list_commands()
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
SYSTEM_PROGRAMS = {
    "baton",
    ".venv/bin/baton",
    ".venv/bin/python",
    "docker",
    "curl",
    "export",
    "bash",
    "echo",
    "dask",
    "kill",
    "openssl",
}


def get_id(item: Block | Command) -> str:
    """Returns the id of a test case."""
    return item.where


def test_commands_are_in_console_blocks() -> None:
    """Commands are in console blocks, so that they are tested; scripts have a file name."""
    for block in BLOCKS:
        assert block.language in LANGUAGES, f"{block.where}: unknown language"
        if block.language in ("python", "bash"):
            assert block.file, f"{block.where}: a script that no test runs"
        if block.language != "console":
            assert "\n$ " not in f"\n{block.text}", (
                f"{block.where}: commands outside a console block"
            )
    total = sum(d.read_text(encoding="utf-8").count("\n```") for d in DOCUMENTS)
    assert total == 2 * len(BLOCKS)


@pytest.mark.parametrize("command", COMMANDS, ids=get_id)
def test_commands_exist(command: Command) -> None:
    """The program, its verb, its options and its services exist."""
    program, *_ = command.words
    assert program in SYSTEM_PROGRAMS or (ROOT / program).is_file(), command.text
    if program == "docker":
        check_compose(command)
    if command.baton_arguments is not None:
        check_baton(["1" if word.startswith("$") else word for word in command.baton_arguments])


def check_baton(arguments: list[str]) -> None:
    """Parses the arguments of `baton` without running it.

    Raises:
        click.UsageError: no such verb or option.
    """
    group = cli.make_context("baton", [*arguments])
    name, command, rest = cli.resolve_command(group, [*arguments])
    assert isinstance(command, click.Command)
    command.make_context(name, rest, parent=group)


def check_compose(command: Command) -> None:
    """Checks subcommand and options against Compose, services and profiles against the stack."""
    compose, *rest = command.words[1:]
    assert compose == "compose", command.text
    if rest[0] == "--profile":
        assert rest[1] in PROFILES, command.text
        rest = rest[2:]
    verb, *arguments = rest
    first = next((n for n, word in enumerate(arguments) if word in SERVICES), len(arguments))
    options = [word for word in arguments[:first] if word.startswith("-")]
    known = read_compose_options(verb)
    for option in options:
        assert known is None or option.partition("=")[0] in known, f"{command.text}: {option}"
    named = [word for word in arguments[first:] if not word.startswith("-")]
    if verb in ("run", "exec"):
        assert named, f"{command.text}: no service of the stack"
        return
    others = [word for word in arguments if word[:1] != "-" and not set(word) & set("=:/")]
    for service in {*named, *others}:
        assert service in SERVICES, command.text


@cache
def read_compose_options(verb: str) -> set[str] | None:
    """Reads the options of a subcommand from its help; None without Compose."""
    if shutil.which("docker") is None:
        return None
    help_text = subprocess.run(
        ["docker", "compose", verb, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert f"docker compose {verb}" in help_text, f"Compose has no {verb}"
    return {*re.findall(r"(?<![\w-])--?[\w-]+", help_text)}


def test_links_lead_to_files() -> None:
    """Every link within the project leads to a file."""
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_tables_have_heads() -> None:
    """A blank line in a table ends it: the rows after it would be text."""
    for document in DOCUMENTS:
        text = re.sub(
            r"^```.*?^```$", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            _, *rows = table.splitlines()
            assert rows, f"{document.name}: {table}"
            assert set(rows[0]) <= set("|:- "), f"{document.name}: {table}"


def test_figures_of_the_comparison_are_from_the_benchmarks() -> None:
    """Every figure of speed or memory in docs/comparison.md is in docs/benchmarks.md."""
    docs = ROOT / "docs"
    figures = re.findall(r"\d[\d,.]*\d{2}|\d+\.\d", (docs / "comparison.md").read_text("utf-8"))
    measured = (docs / "benchmarks.md").read_text("utf-8")
    assert len(figures) > 4
    for figure in figures:
        assert re.search(rf"(?<![\d,.]){re.escape(figure)}(?![\d,.])", measured), figure


def test_pictures_are_small() -> None:
    """A page with all pictures loads on a slow connection."""
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.stat().st_size <= 150_000, picture.name
