"""A second stack, made by the release before. The tests here may rotate its secrets and wipe it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rig.releases import V0_1_0, unpack_release
from tests.support.stack.containers import ROOT, Stack


@pytest.fixture(scope="session")
def upgraded(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The volumes of v0.1.0, whose first start trained version 1, under this release."""
    release, data = tmp_path_factory.mktemp("v0.1.0"), tmp_path_factory.mktemp("upgraded")
    data.chmod(0o755)
    unpack_release(V0_1_0, release)
    _rename_images(release / "docker-compose.yml")
    stack = Stack(f"baton-upgrade-{os.getpid()}", data)
    try:
        stack.root = release
        stack.up()
        stack.docker("down")

        stack.root = ROOT
        stack.up()
        yield stack
    finally:
        stack.root = ROOT
        stack.http.close()
        stack.wipe()


@pytest.fixture
def versions(upgraded: Stack) -> list[str]:
    """Every version of this stack, at least two; version 1 is in production."""
    return upgraded.ensure_two_versions()


def _rename_images(compose: Path) -> None:
    """Gives the old release's images names of their own, because other tests run the new ones."""
    renamed = re.sub(r"(image: baton-\w+)", r"\1:v0.1.0", compose.read_text())
    compose.write_text(renamed)
