"""Style, format, arrows and types, checked in parallel with the other tests."""

import subprocess

import pytest

from tests.support.documents.blocks import ROOT

PARTS = ("style", "arrows", "types")
LIMIT_S = 900


@pytest.mark.timeout(LIMIT_S)
@pytest.mark.parametrize("part", PARTS)
def test_lint_finds_nothing(part: str) -> None:
    """`scripts/lint` accepts the part."""
    done = subprocess.run(
        [ROOT / "scripts/lint", part], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
