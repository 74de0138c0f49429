"""Style, format and types, checked in parallel with the other tests."""

import subprocess

import pytest

from tests.support.documents import ROOT

ROOMS = [
    *sorted(path for folder in ("packages", "services") for path in (ROOT / folder).iterdir()),
    ROOT / "bench",
    ROOT / "tests",
]
PARTS = ["style", *(str(room.relative_to(ROOT)) for room in ROOMS)]
LIMIT_S = 900


@pytest.mark.timeout(LIMIT_S)
@pytest.mark.parametrize("part", PARTS)
def test_lint_finds_nothing(part: str) -> None:
    """`scripts/lint` accepts the part."""
    done = subprocess.run(
        [ROOT / "scripts/lint", part], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
