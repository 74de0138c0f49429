"""The disk of the cache is full or holds rubbish: what serves does not need it."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from baton_registry import ModelVersion
from tests.support.bodies.customer import CUSTOMER
from tests.support.documents.reliability import Tell, state_words
from tests.support.faults.incident import BODY, incident
from tests.support.faults.small_disk import SmallDisk
from tests.support.rig.desk import Desk, move_alias, register
from tests.support.rig.load import steady_load
from tests.support.rig.process import LOCAL, wait_until

AWAY = f"http://{LOCAL}:1"


@pytest.mark.fault("disk: full for the cache")
def test_a_full_cache(producing: Desk, trained: list[ModelVersion], tell: Tell) -> None:
    """A version that cannot be kept serves all the same; with room again the next one is kept."""
    disk = SmallDisk(producing.folder / "disk")
    cache = str(disk.folder / "cache")
    with producing.serve(disk.inside, BATON_CACHE_DIR=cache) as inference:
        inference.wait_serves("1")
        seen_cache = disk.seen_by(inference.pid) / "cache"
        with incident(inference, seen_cache, tell) as seen:
            disk.fill(inference.pid)
            move_alias(producing, "2")
            status = seen.shows(lambda status: status["serving"]["version"] == "2")
            assert status["state"] == "serving"
            assert "the version cannot be cached" in inference.told()
            assert len([*(seen_cache / "versions").iterdir()]) == 1
            disk.free(inference.pid)
            move_alias(producing, register(producing, trained[0]))
            seen.recovers("3")
            assert len([*(seen_cache / "versions").iterdir()]) == 2


@pytest.mark.fault("disk: full for the cache and for temporary files")
def test_a_full_disk(producing: Desk, trained: list[ModelVersion], tell: Tell) -> None:
    """No room for a download at all is a load failure that names it, and passes by itself."""
    disk, temporary = SmallDisk(producing.folder / "disk"), SmallDisk(producing.folder / "tmp")
    env = {"BATON_CACHE_DIR": str(disk.folder / "cache"), "TMPDIR": str(temporary.folder)}
    with producing.serve([*disk.inside, *temporary.inside], **env) as inference:
        inference.wait_serves("1")
        with incident(inference, disk.seen_by(inference.pid) / "cache", tell) as seen:
            disk.fill(inference.pid)
            move_alias(producing, "2")
            inference.wait_serves("2")  # Python has chosen its temporary folder for good
            temporary.fill(inference.pid)
            move_alias(producing, register(producing, trained[0]))
            status = seen.shows(lambda status: status["last_load_failure"] is not None)
            assert (status["state"], status["serving"]["version"]) == ("degraded", "2")
            assert "No space left on device" in status["last_load_failure"]["reason"]
            disk.free(inference.pid)
            temporary.free(inference.pid)
            seen.recovers("3")


def truncated(path: Path) -> None:
    """Half of the file is gone, as after a crash of the machine."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def altered(path: Path) -> None:
    """One bit in the middle has flipped."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        pytest.param(
            "versions/*/model/model.onnx",
            truncated,
            marks=pytest.mark.fault("start: the cached model is truncated"),
        ),
        pytest.param(
            "versions/*/model/model.onnx",
            altered,
            marks=pytest.mark.fault("start: one bit of the cached model is flipped"),
        ),
        pytest.param(
            "versions/*/version.json",
            truncated,
            marks=pytest.mark.fault("start: the cache's record is truncated"),
        ),
        pytest.param(
            "serving/*.json",
            truncated,
            marks=pytest.mark.fault("start: the cache's pointer is truncated"),
        ),
    ],
)
def test_a_damaged_cache(
    producing: Desk, tell: Tell, file: str, damage: Callable[[Path], None]
) -> None:
    """A damaged cache is never served: the version is fetched again, and the cache mended."""
    with producing.serve() as inference:
        inference.wait_serves("1")
        right = inference.predict([CUSTOMER])
        inference.stop()
        [damaged] = (producing.folder / "cache").glob(file)
        whole = damaged.read_bytes()
        damage(damaged)

        started_s = time.monotonic()
        inference.start()
        inference.wait_ready()
        took_s = time.monotonic() - started_s
        status = inference.status()
        assert status["serving"]["source"] == "registry"
        wait_until(lambda: damaged.read_bytes() == whole, 5, "the cache is as it was")
        with steady_load(inference.url, BODY, {"1": right["predictions"]}, clients=1) as load:
            wait_until(lambda: load.answers.total() > 20, 10, "answers")
        assert load.faults == []

        inference.stop()
        inference.env = {**inference.env, "MLFLOW_TRACKING_URI": AWAY}
        inference.start()
        inference.wait_ready()
        assert inference.predict([CUSTOMER]) == right
        assert inference.status()["serving"]["source"] == "cache"
    assert json.loads(next((producing.folder / "cache/serving").glob("*.json")).read_bytes())
    tell(
        f"none until the version was fetched again; then {load.words()}",
        state_words(status),
        took_s,
    )
