"""Runs the commands of the documents that need Docker, beside a running stack."""

import os
import subprocess
from pathlib import Path

from tests.support.bodies.customer import CUSTOMER
from tests.support.documents.blocks import ROOT, Command, read_consoles
from tests.support.stack.containers import COMMAND_LIMIT_S, Stack

OWN_DATA = ROOT / "docs" / "own-data.md"


def read_life_cycle() -> list[Command]:
    """Reads the README's block that begins with `docker compose up`."""
    for block in read_consoles(ROOT / "README.md"):
        commands = [*block.list_commands()]
        if commands[0].words[:3] == ["docker", "compose", "up"]:
            return commands
    raise AssertionError("the README starts no stack")


def run_command(command: Command, stack: Stack, folder: Path) -> None:
    """Runs a command in a folder."""
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


def test_readme_life_cycle_succeeds(stack: Stack) -> None:
    """Start, score, train, promote and roll back succeed, in the README's order."""
    commands = read_life_cycle()
    verbs = [each.baton_arguments[0] for each in commands if each.baton_arguments]
    assert verbs == ["train", "promote", "rollback"]
    for command in commands:
        run_command(command, stack, ROOT)


def test_file_of_the_data_folder_is_scored(stack: Stack, tmp_path: Path) -> None:
    """Rows come out on stdout, or in a mounted folder that the container's user may write to."""
    row = {"customer": "c1", **CUSTOMER, "TotalCharges": ""}
    table = stack.data / "customers.csv"
    table.write_text("\n".join([",".join(row), ",".join(map(str, row.values()))]))
    table.chmod(0o644)
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    commands = [c for block in read_consoles(OWN_DATA) for c in block.list_commands()]
    in_docker = [c for c in commands if "docker" in c.words]
    scoring = [c for c in in_docker if (c.baton_arguments or [""])[0] == "score"]
    assert len(scoring) == 2
    for command in scoring:
        run_command(command, stack, tmp_path)
    header, scored = (tmp_path / "scored.csv").read_text().splitlines()
    assert header.startswith("customer,label,")
    assert scored.startswith("c1,")
    assert (out / "scored.parquet").read_bytes().startswith(b"PAR1")
    assert [each.name for each in out.iterdir()] == ["scored.parquet"]
