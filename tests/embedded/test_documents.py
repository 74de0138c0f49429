"""What the documents say to type on a machine without Docker is typed, beside `baton up`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.documents.blocks import DOCUMENTS, ROOT, Block, Command, blocks, consoles
from tests.support.rig.up import Up

README = ROOT / "README.md"
SERVERS = ("up", "serve")
"""Verbs that go on until they are stopped: a document's first `up` is started beside it."""
IN_CONTAINERS = ("docker", "echo", "scripts/stack-backup", "scripts/stack-restore", "scripts/down")
"""What is for tests/stack; of a document that speaks of the stack alone nothing is typed here."""
# A refusal of inference is an answer to curl, and a fault here.
PRELUDE = """
set -euo pipefail
curl() { command curl --fail-with-body "$@"; }
trap 'echo "$at: exit code $?" >&2' ERR
"""
LIMIT_S = 240
PLANS = ("basic", "family", "company")


def typed(block: Block) -> list[Command]:
    """The commands of a block that are to be run here."""
    if block.not_run:
        return []
    here = [command for command in block.commands() if command.words[0] not in IN_CONTAINERS]
    return [c for c in here if (c.arguments_of_baton or [""])[0] not in SERVERS]


def own_up(document: Path) -> Command | None:
    """The first `baton up` that a document begins with."""
    for block in consoles(document):
        for command in block.commands() if not block.not_run else ():
            if (command.arguments_of_baton or [""])[0] == "up":
                return command
    return None


RUN = [each for each in DOCUMENTS if any(map(typed, consoles(each)))]


@contextmanager
def reader(folder: Path, command: Command) -> Iterator[Up]:
    """A reader's folder, with `baton up` running as the document says."""
    programs = {"scripts/up": [f"{ROOT}/scripts/up"], "baton": [f"{sys.prefix}/bin/baton", "up"]}
    for name, target in ((".venv", Path(sys.prefix)), ("docs", ROOT / "docs")):
        (folder / name).symlink_to(target)
    rows = ["customer,age,plan,visits,left,notes"]
    for number in range(400):
        left = "yes" if number % 7 > 3 else "no"
        rows.append(f"c{number},{number % 37 + 18},{PLANS[number % 3]},{number % 5},{left},-")
    (folder / "customers.csv").write_text("\n".join(rows))
    _, *options = command.arguments_of_baton or []
    with Up(folder, *options, program=programs[command.words[0]]) as up:
        up.wait_until_ready()
        yield up


@pytest.fixture(scope="module")
def churn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """What the README starts, for every document that starts nothing itself."""
    command = own_up(README)
    assert command is not None
    with reader(tmp_path_factory.mktemp("churn"), command) as up:
        yield up


def script(document: Path, up: Up) -> str:
    """The document as a shell script, which says where it is; files are saved on the way."""
    lines = [PRELUDE]
    for block in blocks(document):
        if block.file:
            lines.append(f"cat >{block.file} <<'END'\n{block.text}END")
        elif block.language == "console":
            lines += [f"at={each.where}\n{each.text}" for each in typed(block)]
    whole = "\n".join(lines)
    whole = whole.replace("127.0.0.1:8000", f"127.0.0.1:{up.port}")
    return whole.replace("127.0.0.1:5000", f"127.0.0.1:{up.tracking_port}")


def run(document: Path, up: Up) -> None:
    """Types the document; fails at the first command that does."""
    env = {
        **os.environ,
        "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}",
        "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{up.tracking_port}",
        "BATON_INFERENCE_URL": up.url,
    }
    done = subprocess.run(
        ["bash", "-c", script(document, up)],
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
def test_every_command_does_what_it_is_there_for(
    document: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Each command of a document succeeds, in its order, in one shell."""
    command = own_up(document)
    if command is None or document == README:
        run(document, request.getfixturevalue("churn"))
        return
    with reader(tmp_path, command) as up:
        run(document, up)
