"""The GitHub workflows are checked by actionlint."""

import subprocess
from pathlib import Path

import pytest

from tests.support.stack.docker import build_program

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built by the Dockerfile beside this file."""
    folder = tmp_path_factory.mktemp("actionlint")
    build_program(HERE, folder)
    return folder / "actionlint"


def test_workflows_have_no_finding(actionlint: Path) -> None:
    """Every workflow passes."""
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    assert workflows

    done = subprocess.run([actionlint, *workflows], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_unknown_key_is_found(actionlint: Path, tmp_path: Path) -> None:
    """The program does find a mistake."""
    broken = (ROOT / ".github" / "workflows" / "ci.yml").read_text().replace("runs-on", "run-on")
    (tmp_path / "ci.yml").write_text(broken)

    done = subprocess.run(
        [actionlint, tmp_path / "ci.yml"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "run-on" in done.stdout
