"""Environments of the peers, with a fake uv that records its arguments."""

import asyncio
from pathlib import Path

import pytest

from bench.errors import CannotRun
from bench.peers.environments import build_peer_environment

UV = """#!/bin/sh
echo "$*" >>"$(dirname "$0")/calls"
[ "$2" != venv ] || mkdir -p "$6"
"""


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the fake uv, first on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "uv"
    program.write_text(UV)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """The requirements of a model version."""
    file = tmp_path / "requirements.txt"
    file.write_text("scikit-learn==1.9.1\n")
    return file


def test_environment_is_built_once(uv: Path, requirements: Path, tmp_path: Path) -> None:
    """It has the requirements of peer and model, and is built again when they change."""

    def build() -> Path:
        return asyncio.run(build_peer_environment("litserve", requirements, tmp_path))

    assert build() == build() == tmp_path / "litserve"
    calls = (uv / "calls").read_text().splitlines()
    assert len(calls) == 2
    assert "litserve.in" in calls[1]
    assert str(requirements) in calls[1]

    requirements.write_text("scikit-learn==1.9.2\n")
    build()
    assert len((uv / "calls").read_text().splitlines()) == 4


def test_failed_environment_is_built_again(uv: Path, requirements: Path, tmp_path: Path) -> None:
    """The error names the command, and an incomplete environment is not reused."""
    good = (uv / "uv").read_text()
    (uv / "uv").write_text(good + '[ "$2" = venv ]\n')
    with pytest.raises(CannotRun, match="uv pip install failed"):
        asyncio.run(build_peer_environment("litserve", requirements, tmp_path))

    (uv / "uv").write_text(good)
    asyncio.run(build_peer_environment("litserve", requirements, tmp_path))

    assert len((uv / "calls").read_text().splitlines()) == 4
