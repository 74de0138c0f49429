"""A stack made by the release before works under this one."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rig.releases import V0_1_0, unpack_release
from tests.support.stack.containers import ROOT, Stack


@pytest.fixture(scope="module")
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


def test_production_serves_on(upgraded: Stack) -> None:
    """Nothing is trained again; the version in production answers."""
    assert upgraded.versions() == ["1"]
    assert upgraded.predict()[0] == "1"


def test_old_and_new_versions_share_one_life_cycle(upgraded: Stack) -> None:
    """A new version is compared with an old one, promoted and rolled back."""
    assert upgraded.train() == "2"
    upgraded.baton("promote", "2", "--wait")
    assert upgraded.predict()[0] == "2"
    upgraded.baton("rollback", "--wait")

    assert upgraded.predict()[0] == "1"
    moves = [(move["from"], move["to"], move["how"]) for move in upgraded.history()]
    assert moves == [(None, "1", "promote"), ("1", "2", "promote"), ("2", "1", "rollback")]


def test_images_name_their_release(upgraded: Stack) -> None:
    """Every running image that the project builds carries the version."""
    version = upgraded.run("scripts/version").strip()
    labels = [
        container["Config"]["Labels"] for container in upgraded.inspect("tracking", "inference")
    ]

    assert len(labels) == 2
    assert all(each["org.opencontainers.image.version"] == version for each in labels)


def _rename_images(compose: Path) -> None:
    """Gives the old release's images names of their own, because other tests run the new ones."""
    renamed = re.sub(r"(image: baton-\w+)", r"\1:v0.1.0", compose.read_text())
    compose.write_text(renamed)
