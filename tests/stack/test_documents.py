"""What the documents say to type with Docker is typed, beside a stack that runs."""

import os
import subprocess
from pathlib import Path

from tests.support.bodies.customer import CUSTOMER
from tests.support.documents.blocks import ROOT, Command, consoles
from tests.support.stack.containers import COMMAND_LIMIT_S, Stack

OWN_DATA = ROOT / "docs" / "own-data.md"


def life_cycle() -> list[Command]:
    """The commands of the README's block that begins with `docker compose up`."""
    for block in consoles(ROOT / "README.md"):
        commands = [*block.commands()]
        if commands[0].words[:3] == ["docker", "compose", "up"]:
            return commands
    raise AssertionError("the README starts no stack")


def type_it(command: Command, stack: Stack, folder: Path) -> None:
    """Types a command in a folder."""
    text = command.text.replace("http://127.0.0.1:8000", stack.inference_url)
    done = subprocess.run(
        ["bash", "-euc", text.replace("curl ", "curl --fail-with-body ")],
        cwd=folder,
        env={**os.environ, "COMPOSE_FILE": str(ROOT / "docker-compose.yml")},
        capture_output=True,
        text=True,
        timeout=COMMAND_LIMIT_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{command.where}: {done.stdout}\n{done.stderr[-3000:]}"


def test_the_readme_tells_a_life_cycle(stack: Stack) -> None:
    """Start, ask, train, promote, roll back: each command succeeds, in the README's order."""
    commands = life_cycle()
    verbs = [each.arguments_of_baton[0] for each in commands if each.arguments_of_baton]
    assert verbs == ["train", "promote", "rollback"]
    for command in commands:
        type_it(command, stack, ROOT)


def test_a_file_of_the_data_folder_is_scored(stack: Stack, tmp_path: Path) -> None:
    """Rows come out on stdout, or in a mounted folder that the container's user may write to."""
    row = {"customer": "c1", **CUSTOMER, "TotalCharges": ""}
    table = stack.data / "customers.csv"
    table.write_text("\n".join([",".join(row), ",".join(map(str, row.values()))]))
    table.chmod(0o644)
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    commands = [c for b in consoles(OWN_DATA) for c in b.commands() if "docker" in c.words]
    scoring = [c for c in commands if (c.arguments_of_baton or [""])[0] == "score"]
    assert len(scoring) == 2
    for command in scoring:
        type_it(command, stack, tmp_path)
    header, scored = (tmp_path / "scored.csv").read_text().splitlines()
    assert header.startswith("customer,label,")
    assert scored.startswith("c1,")
    assert (out / "scored.parquet").read_bytes().startswith(b"PAR1")
    assert [each.name for each in out.iterdir()] == ["scored.parquet"]
