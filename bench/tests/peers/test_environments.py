"""Environments of the peers, with a uv that only notes what it is asked."""

import asyncio
from pathlib import Path

import pytest

from bench.errors import CannotRun
from bench.peers.environments import peer_environment

UV = """#!/bin/sh
echo "$*" >>"$(dirname "$0")/asked"
[ "$2" != venv ] || mkdir -p "$6"
"""


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program `uv`, first on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "uv"
    program.write_text(UV)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """What a model version asks for."""
    file = tmp_path / "requirements.txt"
    file.write_text("scikit-learn==1.9.1\n")
    return file


def test_an_environment_is_made_once(uv: Path, requirements: Path, tmp_path: Path) -> None:
    """With the peer's and the model's requirements; and again when one of them changes."""

    def make() -> Path:
        return asyncio.run(peer_environment("litserve", requirements, tmp_path))

    assert make() == make() == tmp_path / "litserve"
    asked = (uv / "asked").read_text().splitlines()
    assert len(asked) == 2
    assert "litserve.in" in asked[1]
    assert str(requirements) in asked[1]

    requirements.write_text("scikit-learn==1.9.2\n")
    make()
    assert len((uv / "asked").read_text().splitlines()) == 4


def test_an_environment_that_could_not_be_made_is_made_again(
    uv: Path, requirements: Path, tmp_path: Path
) -> None:
    """One line says what failed, and half an environment is not taken for a whole one."""
    good = (uv / "uv").read_text()
    (uv / "uv").write_text(good + '[ "$2" = venv ]\n')
    with pytest.raises(CannotRun, match="uv pip install failed"):
        asyncio.run(peer_environment("litserve", requirements, tmp_path))

    (uv / "uv").write_text(good)
    asyncio.run(peer_environment("litserve", requirements, tmp_path))

    assert len((uv / "asked").read_text().splitlines()) == 4
