"""Runs the commands of the documents that need no Docker, beside `baton up`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.documents.blocks import (
    DOCUMENTS,
    ROOT,
    Block,
    Command,
    read_blocks,
    read_consoles,
)
from tests.support.rig.process import find_free_port
from tests.support.rig.up import Up
from tests.support.trainer import housing

README = ROOT / "README.md"
SERVERS = ("up", "serve")
"""Verbs that run until they are stopped; the first `up` of a document runs beside it."""
IN_CONTAINERS = ("docker", "echo", "scripts/stack-backup", "scripts/stack-restore", "scripts/down")
"""Programs that tests/stack runs."""
# An HTTP error must fail the test.
PRELUDE = """
set -euo pipefail
curl() { command curl --fail-with-body "$@"; }
trap 'echo "$at: exit code $?" >&2' ERR
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
"""
LIMIT_S = 240
PLANS = ("basic", "family", "company")


def select_commands(block: Block) -> list[Command]:
    """Selects the commands of a block that run here."""
    if block.not_run:
        return []
    here = [command for command in block.list_commands() if command.words[0] not in IN_CONTAINERS]
    return [c for c in here if (c.baton_arguments or [""])[0] not in SERVERS]


def find_up(document: Path) -> Command | None:
    """Finds the first `baton up` of a document."""
    for block in read_consoles(document):
        for command in block.list_commands() if not block.not_run else ():
            if (command.baton_arguments or [""])[0] == "up":
                return command
    return None


RUN = [each for each in DOCUMENTS if any(map(select_commands, read_consoles(each)))]


@contextmanager
def run_up(folder: Path, command: Command) -> Iterator[Up]:
    """Prepares a reader's folder and runs `baton up` there as in the document."""
    programs = {"scripts/up": [f"{ROOT}/scripts/up"], "baton": [f"{sys.prefix}/bin/baton", "up"]}
    for name, target in ((".venv", Path(sys.prefix)), ("docs", ROOT / "docs")):
        (folder / name).symlink_to(target)
    rows = ["customer,since,age,plan,visits,left,notes"]
    for number in range(400):
        is_middle_aged = 12 <= number % 37 < 28  # boosting learns this, logistic regression cannot
        left = "yes" if is_middle_aged != (number % 11 == 0) else "no"
        since = date(2024, 1, 1) + timedelta(days=number)
        age = number % 37 + 18 if number % 29 else ""  # some are missing
        rows.append(f"c{number},{since},{age},{PLANS[number % 3]},{number % 5},{left},-")
    (folder / "customers.csv").write_text("\n".join(rows))
    housing.generate(400).to_csv(folder / "houses.csv", index=False)
    _, *options = command.baton_arguments or []
    with Up(folder, *options, program=programs[command.words[0]]) as up:
        up.wait_until_ready()
        yield up


@pytest.fixture(scope="module")
def churn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """`baton up` of the README, for every document without its own."""
    command = find_up(README)
    assert command is not None
    with run_up(tmp_path_factory.mktemp("churn"), command) as up:
        yield up


def build_script(document: Path, up: Up) -> str:
    """Builds a shell script that saves the files of a document and runs its commands."""
    lines = [PRELUDE]
    for block in read_blocks(document):
        if block.file:
            lines.append(f"cat >{block.file} <<'END'\n{block.text}END")
        elif block.language == "console":
            lines += [f"at={each.where}\n{each.text}" for each in select_commands(block)]
    whole = "\n".join(lines)
    whole = whole.replace("8786", str(find_free_port()))  # Dask's scheduler
    whole = whole.replace("127.0.0.1:8000", f"127.0.0.1:{up.port}")
    return whole.replace("127.0.0.1:5000", f"127.0.0.1:{up.tracking_port}")


def run_document(document: Path, up: Up) -> None:
    """Runs the commands of a document; fails at the first that fails."""
    env = {
        **os.environ,
        "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}",
        "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{up.tracking_port}",
        "BATON_INFERENCE_URL": up.url,
    }
    done = subprocess.run(
        ["bash", "-c", build_script(document, up)],
        cwd=up.home.parent,
        env=env,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize("document", RUN, ids=lambda document: document.name)
def test_commands_succeed(document: Path, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Each command of a document succeeds, in order, in one shell."""
    command = find_up(document)
    if command is None or document == README:
        run_document(document, request.getfixturevalue("churn"))
        return
    with run_up(tmp_path, command) as up:
        run_document(document, up)
