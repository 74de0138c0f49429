"""Style, format, import layers and types, checked in parallel with other tests."""

import subprocess

import pytest

from tests.support.documents.blocks import ROOT

PARTS = ("style", "arrows", "types")
LIMIT_S = 900


@pytest.mark.timeout(LIMIT_S)
@pytest.mark.parametrize("part", PARTS)
def test_lint_passes(part: str) -> None:
    """`scripts/lint` accepts the part."""
    result = subprocess.run(
        [ROOT / "scripts/lint", part], capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr
