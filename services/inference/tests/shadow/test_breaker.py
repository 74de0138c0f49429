"""The breaker: a harmful canary trips."""

from pathlib import Path

import pytest

from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.lifecycle.trips.trip_file import TripFile
from baton_inference.shadow import worker as worker_module
from baton_inference.shadow.breaker import SETTLE_S
from baton_registry.versions.model_version import VersionIdentity
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.shadow import ManualShadow, NumberModel, fail_from, make_rows


def make_pair(canary: NumberModel, cache_dir: Path | None = None) -> ManualShadow:
    return ManualShadow(
        make_live_version(NumberModel(), version="1"),
        make_live_version(canary, version="2"),
        cache_dir,
    )


@pytest.fixture(autouse=True)
def untimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "TIMED_SHARE", 0.0)


def test_a_canary_that_always_fails_trips_after_20_pairs() -> None:
    pair = make_pair(NumberModel(fail_from(0.0)))
    pair.answer(*make_rows(19))
    pair.run()
    assert pair.find_trip() is None
    pair.answer(*make_rows(1, x=lambda _: 0.5))
    pair.run()
    trip = pair.find_trip()
    assert trip is not None
    assert "100 % of its rows fail" in trip
    assert pair.find_signal() == "failures"


def test_another_answer_trips_too() -> None:
    pair = make_pair(NumberModel(lambda x: 1 - x))
    pair.answer(*make_rows(60))
    pair.run()
    assert pair.find_trip() is not None


def test_another_answer_does_not_trip_before_the_record_can_be_known() -> None:
    """The version may be meant to answer otherwise; a failing one never is."""
    pair = make_pair(NumberModel(lambda x: 1 - x))
    pair.clock.now_s -= SETTLE_S
    pair.answer(*make_rows(200))
    pair.run()
    assert pair.find_trip() is None
    failing = make_pair(NumberModel(fail_from(0.0)))
    failing.clock.now_s -= SETTLE_S
    failing.answer(*make_rows(20))
    failing.run()
    assert failing.find_trip() is not None


def test_a_trip_survives_a_restart_until_the_alias_moves(tmp_path: Path) -> None:
    pair = make_pair(NumberModel(fail_from(0.0)), tmp_path)
    pair.answer(*make_rows(20))
    pair.run()
    canary = pair.live.canary
    assert canary is not None

    production = pair.live.production
    assert production is not None

    def restart() -> CanarySwitch:
        return CanarySwitch(TripFile(tmp_path, "churn_model", "canary"))

    def find(switch: CanarySwitch, beside: VersionIdentity) -> str | None:
        trip = switch.find_trip(canary.identity, beside)
        return None if trip is None else trip.reason

    assert find(restart(), production.identity) == pair.find_trip()
    assert find(restart(), VersionIdentity("9", "models:/m-9")) is None
    restart().forget_others(canary.identity)
    assert find(restart(), production.identity) is not None
    restart().forget_others(VersionIdentity("3", "models:/m-3"))
    assert find(restart(), production.identity) is None
