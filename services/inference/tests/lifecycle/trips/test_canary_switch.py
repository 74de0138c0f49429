"""Trips of canaries, while the disk hangs."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.lifecycle.trips.trip import Trip
from baton_inference.lifecycle.trips.trip_file import TripFile
from baton_registry.versions.model_version import VersionIdentity

FIRST, SECOND = VersionIdentity("1", "models:/m-1"), VersionIdentity("2", "models:/m-2")


class HungFile(TripFile):
    """A file on a disk that hangs until the gate opens."""

    def __init__(self, cache_dir: Path) -> None:
        super().__init__(cache_dir, "churn_model", "canary")
        self.gate = threading.Event()
        self.is_writing = threading.Event()

    def write(self, trip: Trip) -> None:
        self.is_writing.set()
        self.gate.wait()
        super().write(trip)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[HungFile]:
    file = HungFile(tmp_path)
    yield file
    file.gate.set()


def wait_for_threads() -> None:
    """Waits until the files are written."""
    for thread in threading.enumerate():
        if thread.name == "trip":
            thread.join(20)


@pytest.mark.timeout(60)
def test_the_event_loop_does_not_wait_for_the_disk(file: HungFile) -> None:
    """A trip takes effect at once, also while another thread writes the file."""
    switch = CanarySwitch(file)
    other = threading.Thread(target=switch.trip, args=(Trip(FIRST, "it fails"),), name="trip")
    other.start()
    assert file.is_writing.wait(20)
    assert switch.is_off(FIRST, None)
    switch.trip_without_waiting(Trip.for_endless(SECOND))
    assert switch.is_off(SECOND, None)
    assert not file.read()
    file.gate.set()
    wait_for_threads()
    assert file.read() == CanarySwitch(file).find_trip(SECOND, None)
    assert file.read() is not None


def test_the_file_keeps_no_trip_that_is_forgotten(file: HungFile) -> None:
    """It keeps the last of the others, if there are any."""
    file.gate.set()
    switch = CanarySwitch(file)
    switch.trip(Trip(FIRST, "it fails"))
    switch.trip(Trip(SECOND, "it fails"))
    switch.forget(SECOND)
    assert CanarySwitch(file).is_off(FIRST, None)
    assert not CanarySwitch(file).is_off(SECOND, None)
    switch.forget_others(SECOND)
    assert file.read() is None
