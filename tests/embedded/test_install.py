"""The wheels work away from the checkout, as `uv tool install` and `pipx` install them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.rig.up import Up
from tests.support.rig.uv import require_uv

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a fresh environment; the lock says which releases of others it gets."""
    uv = require_uv()
    wheels, home = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("tool")
    version = _run(ROOT / "scripts" / "version").strip()
    _run(ROOT / "scripts" / "build", wheels)
    _run(uv, "venv", "--quiet", "--no-project", "--python", sys.executable, home)
    _run(
        *(uv, "pip", "install", "--quiet", "--python", home / "bin" / "python"),
        *("--find-links", wheels, "--constraint", ROOT / "requirements.lock"),
        f"baton-cli[up]=={version}",
    )
    return home / "bin"


def test_command_names_its_version(installed: Path, tmp_path: Path) -> None:
    """`baton --version` runs in a folder that has nothing of the checkout."""
    version = _run(ROOT / "scripts" / "version").strip()

    assert _run(installed / "baton", "--version", folder=tmp_path) == f"baton {version}\n"


def test_baton_up_trains_on_own_table(installed: Path, tmp_path: Path, telco_csv: Path) -> None:
    """It trains on the user's table, promotes and serves version 1, and ends clean."""
    table = ("--data", str(telco_csv), "--target", "Churn")
    with Up(tmp_path, *table, program=(str(installed / "baton"), "up")) as up:
        up.wait_until_ready(240)  # uv compiles nothing: the first start of each program is slow
        assert up.predict() == "1"
        assert any(str(installed) in line for line in up.list_processes().values())
        assert up.stop(limit_s=40) == 0
        assert up.list_processes() == {}


def _run(*command: str | Path, folder: Path = ROOT) -> str:
    """Runs a command that must succeed and gives its stdout; no variable points to the checkout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
