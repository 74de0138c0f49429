"""A home made by the release before works under this one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk
from tests.support.rig.process import LOCAL, is_ok, wait_until
from tests.support.rig.releases import V0_1_0, source_path, unpack_release
from tests.support.rig.up import Up

OLD_MOVES = [(None, "1", "promote"), ("1", "2", "promote")]


@pytest.fixture(scope="module")
def old_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a home in which v0.1.0 trained two versions and promoted the second."""
    release, folder = tmp_path_factory.mktemp("v0.1.0"), tmp_path_factory.mktemp("upgraded")
    unpack_release(V0_1_0, release)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", source_path(release))
        with Up(folder) as up:
            up.wait_until_ready()
            desk = up.desk()
            _run_old(desk, "train", "--param", "C=0.05")
            _run_old(desk, "promote", "2")
            wait_until(lambda: up.predict() == "2", 10, "version 2 serves")
            with desk.registry as registry:
                tags = registry.get_version("churn_model", "1").tags
            assert "baton.data_sha256" in tags, "this release wrote it: it has a manifest"
            assert up.stop(limit_s=40) == 0
    return folder


@pytest.fixture(scope="module")
def upgraded(old_folder: Path) -> Iterator[Up]:
    """This release's `baton up` on that home."""
    with Up(old_folder) as up:
        up.wait_until_ready()
        health = f"http://{LOCAL}:{up.tracking_port}/health"
        # Inference is ready earlier, because it starts from its cache.
        wait_until(lambda: is_ok(health), 60, up.log_tail)
        yield up
        assert up.stop(limit_s=40) == 0


def test_old_cache_serves_without_a_registry(old_folder: Path) -> None:
    """Inference starts from the cache that v0.1.0 wrote while the tracking server is down."""
    desk = Desk(f"http://{LOCAL}:1", "churn_model", old_folder)
    with desk.serve(BATON_CACHE_DIR=str(old_folder / "home" / "cache")) as inference:
        inference.wait_until_ready()

        assert inference.predict([CUSTOMER])["model_version"] == "2"
        assert inference.status()["serving"]["source"] == "cache"


def test_old_versions_and_moves_are_kept(upgraded: Up) -> None:
    """The version in production serves, confirmed by the registry; the history is the old one."""
    assert upgraded.predict() == "2"
    assert upgraded.desk().history() == OLD_MOVES


def test_old_and_new_versions_share_one_life_cycle(upgraded: Up) -> None:
    """A new version is judged against an old one, promoted, and rolled back to it."""
    desk = upgraded.desk()
    new = desk.train()

    desk.baton("promote", new)
    wait_until(lambda: upgraded.predict() == new, 10, "the new version serves")
    desk.baton("rollback")
    wait_until(lambda: upgraded.predict() == "2", 10, "the old version serves again")

    desk.baton("compare", "1", new)
    assert desk.history() == [*OLD_MOVES, ("2", new, "promote"), (new, "2", "rollback")]


def _run_old(desk: Desk, *arguments: str) -> None:
    """Runs a command in a new interpreter, which follows `PYTHONPATH`."""
    subprocess.run(
        [sys.executable, "-m", "baton_cli", *arguments],
        env={**os.environ, **desk.env},
        cwd=desk.folder,
        check=True,
        timeout=180,
    )
