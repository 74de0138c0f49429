"""The Docker engine, for the tests that need it."""

import os
import subprocess

import pytest


def need_engine() -> None:
    """Skips the test where no engine with Compose answers; in CI that is a failure."""
    if fault := _fault():
        if os.environ.get("CI") == "true":
            pytest.fail(fault)
        pytest.skip(fault)


def _fault() -> str | None:
    """Why no container can be started, or None."""
    try:
        for command in (["docker", "info"], ["docker", "compose", "version"]):
            subprocess.run(command, check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        return f"no Docker engine with Compose answers ({error}); see docs/airgap.md"
    return None
