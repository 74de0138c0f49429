"""Docker, for the tests that need it."""

import os
import subprocess
from pathlib import Path

import pytest


def require_docker() -> None:
    """Skips the test without Docker and Compose; fails in CI."""
    if problem := _find_problem():
        if os.environ.get("CI") == "true":
            pytest.fail(problem)
        pytest.skip(problem)


def build_program(context: Path, target: Path) -> None:
    """Builds the Dockerfile of a folder and puts what its last stage holds into another folder."""
    require_docker()
    command = ["docker", "build", "--output", str(target), str(context)]
    environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


def _find_problem() -> str | None:
    """Returns why no container can start, or None."""
    try:
        for command in (["docker", "info"], ["docker", "compose", "version"]):
            subprocess.run(command, check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        return f"Docker with Compose is not available ({error}); see docs/airgap.md"
    return None
