"""uv, for the tests that build an environment of their own."""

import os
import shutil

import pytest


def require_uv() -> str:
    """Returns the path of uv. Skips the test without it; fails in CI."""
    uv = shutil.which("uv")
    if uv is None:
        if os.environ.get("CI") == "true":
            pytest.fail("uv is not on PATH; scripts/test puts it there")
        pytest.skip("uv is not on PATH")
    return uv
