"""Docker, for the tests that need it."""

import os
import subprocess

import pytest


def require_docker() -> None:
    """Skips the test without Docker and Compose; fails in CI."""
    if problem := _find_problem():
        if os.environ.get("CI") == "true":
            pytest.fail(problem)
        pytest.skip(problem)


def _find_problem() -> str | None:
    """Returns why no container can start, or None."""
    try:
        for command in (["docker", "info"], ["docker", "compose", "version"]):
            subprocess.run(command, check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        return f"Docker with Compose is not available ({error}); see docs/airgap.md"
    return None
