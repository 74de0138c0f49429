"""The wheels work away from the checkout, as `uv tool install` and `pipx` install them.

The life of `baton up` is theirs, too: one start shows both.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.rig.process import LOCAL, is_ok, wait_until
from tests.support.rig.up import Up
from tests.support.rig.uv import require_uv

ROOT = Path(__file__).parents[3]


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


def test_life_of_baton_up(installed: Path, tmp_path: Path) -> None:
    """It serves, restarts killed children, exits cleanly, and keeps its versions."""
    with Up(tmp_path, program=(str(installed / "baton"), "up")) as up:
        up.wait_until_ready(240)  # uv compiles nothing: the first start of each program is slow
        assert any(str(installed) in line for line in up.list_processes().values())
        assert up.predict() == "1"
        wait_until(lambda: "curl" in up.log_tail, 60, "what to try next is printed")

        up.kill("baton_cli serve")
        up.wait_until_ready()
        up.kill("mlflow server")
        assert up.predict() == "1"
        health = f"http://{LOCAL}:{up.tracking_port}/health"
        wait_until(lambda: is_ok(health), 60, up.log_tail)

        assert up.stop(signal.SIGINT, limit_s=40) == 0
        assert up.list_processes() == {}

        up.start()
        up.wait_until_ready()
        wait_until(lambda: is_ok(health), 60, up.log_tail)
        with up.desk().registry as registry:
            assert [each.version for each in registry.list_versions("churn_model")] == ["1"]
        os.kill(up.pid, signal.SIGKILL)
        wait_until(lambda: not up.list_processes(), 15, "nothing is left after SIGKILL")


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
