"""The load generator wrk: a test without it is skipped, or fails in CI."""

import os
import shutil

import pytest


def need_wrk() -> None:
    """Skips the test if wrk is not installed; in CI the test fails."""
    if shutil.which("wrk") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("wrk is not installed; .ci/run installs it")
        pytest.skip("wrk is not installed")
