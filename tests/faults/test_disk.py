"""The disk of the cache is full or damaged: the serving version does not need it."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from baton_registry.versions.model_version import ModelVersion
from tests.support.bodies.customer import CUSTOMER
from tests.support.documents.reliability import RecordRow, describe_state
from tests.support.faults.incident import BODY, observe
from tests.support.faults.small_disk import SmallDisk
from tests.support.rig.desk import Desk, move_alias, register
from tests.support.rig.load import steady_load
from tests.support.rig.process import LOCAL, wait_until

AWAY = f"http://{LOCAL}:1"


@pytest.mark.fault("disk: full for the cache")
def test_full_cache(
    production_desk: Desk, trained_versions: list[ModelVersion], record_row: RecordRow
) -> None:
    """A version that cannot be cached serves anyway; with free space the next one is cached."""
    disk = SmallDisk(production_desk.folder / "disk")
    cache = str(disk.folder / "cache")
    with production_desk.serve(disk.wrapper, BATON_CACHE_DIR=cache) as inference:
        inference.wait_until_serving("1")
        cache_path = disk.path_for(inference.pid) / "cache"
        with observe(inference, cache_path, record_row) as incident:
            disk.fill(inference.pid)
            move_alias(production_desk, "2")
            status = incident.wait_for_status(lambda status: status["serving"]["version"] == "2")
            assert status["state"] == "serving"
            assert "the version cannot be cached" in inference.log_tail
            assert len([*(cache_path / "versions").iterdir()]) == 1
            disk.free(inference.pid)
            move_alias(production_desk, register(production_desk, trained_versions[0]))
            incident.wait_for_recovery("3")
            assert len([*(cache_path / "versions").iterdir()]) == 2


@pytest.mark.fault("disk: full for the cache and for temporary files")
def test_full_disk(
    production_desk: Desk, trained_versions: list[ModelVersion], record_row: RecordRow
) -> None:
    """Without space for a download the load fails with the reason, and recovers by itself."""
    disk, temporary = (
        SmallDisk(production_desk.folder / "disk"),
        SmallDisk(production_desk.folder / "tmp"),
    )
    env = {"BATON_CACHE_DIR": str(disk.folder / "cache"), "TMPDIR": str(temporary.folder)}
    with production_desk.serve([*disk.wrapper, *temporary.wrapper], **env) as inference:
        inference.wait_until_serving("1")
        with observe(inference, disk.path_for(inference.pid) / "cache", record_row) as incident:
            disk.fill(inference.pid)
            move_alias(production_desk, "2")
            inference.wait_until_serving("2")  # Python chooses its temporary folder once
            temporary.fill(inference.pid)
            move_alias(production_desk, register(production_desk, trained_versions[0]))
            status = incident.wait_for_status(
                lambda status: status["last_load_failure"] is not None
            )
            assert (status["state"], status["serving"]["version"]) == ("degraded", "2")
            assert "No space left on device" in status["last_load_failure"]["reason"]
            disk.free(inference.pid)
            temporary.free(inference.pid)
            incident.wait_for_recovery("3")


def truncate(path: Path) -> None:
    """Removes half of the file, as after a crash of the machine."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def flip_bit(path: Path) -> None:
    """Flips a bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        pytest.param(
            "versions/*/model/model.onnx",
            truncate,
            marks=pytest.mark.fault("start: the cached model is truncated"),
        ),
        pytest.param(
            "versions/*/model/model.onnx",
            flip_bit,
            marks=pytest.mark.fault("start: one bit of the cached model is flipped"),
        ),
        pytest.param(
            "versions/*/version.json",
            truncate,
            marks=pytest.mark.fault("start: the cache's record is truncated"),
        ),
        pytest.param(
            "serving/*.json",
            truncate,
            marks=pytest.mark.fault("start: the cache's pointer is truncated"),
        ),
    ],
)
def test_damaged_cache(
    production_desk: Desk, record_row: RecordRow, file: str, damage: Callable[[Path], None]
) -> None:
    """A damaged cache never serves: inference fetches the version again and repairs the cache."""
    with production_desk.serve() as inference:
        inference.wait_until_serving("1")
        expected = inference.predict([CUSTOMER])
        inference.stop()
        [damaged] = (production_desk.folder / "cache").glob(file)
        content = damaged.read_bytes()
        damage(damaged)

        started_s = time.monotonic()
        inference.start()
        inference.wait_until_ready()
        took_s = time.monotonic() - started_s
        status = inference.status()
        assert status["serving"]["source"] == "registry"
        wait_until(lambda: damaged.read_bytes() == content, 5, "the cache is repaired")
        with steady_load(inference.url, BODY, {"1": expected["predictions"]}, clients=1) as load:
            wait_until(lambda: load.answers.total() > 20, 10, "answers")
        assert load.errors == []

        inference.stop()
        inference.env = {**inference.env, "MLFLOW_TRACKING_URI": AWAY}
        inference.start()
        inference.wait_until_ready()
        assert inference.predict([CUSTOMER]) == expected
        assert inference.status()["serving"]["source"] == "cache"
    assert json.loads(next((production_desk.folder / "cache/serving").glob("*.json")).read_bytes())
    record_row(
        f"none until the version was fetched again; then {load.describe()}",
        describe_state(status),
        took_s,
    )
