"""The live versions, by role."""

from dataclasses import replace

from baton_inference.lifecycle.live_versions import (
    CANARY,
    CanaryRoute,
    LiveVersion,
    LiveVersions,
)
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from tests.support.fakes.live_version import make_live_version


def test_swap_reports_whether_it_replaces_a_version() -> None:
    """The first version replaces nothing; the second one replaces the first."""
    live = LiveVersions()
    assert not live.swap(make_live_version(version="1"))
    assert live.swap(make_live_version(version="2"))
    assert live.production is not None
    assert live.production.model.version == "2"


def test_confirmation_changes_the_source_alone() -> None:
    """A confirmed version keeps its engine and its start time."""
    live = LiveVersions()
    before = replace(make_live_version(), source="cache")
    live.swap(before)
    live.confirm()
    after = live.production
    assert after is not None
    assert (after.source, after.engine, after.since) == ("registry", before.engine, before.since)


def has_route(live: LiveVersions) -> bool:
    return live.route is not None


def make_route(version: LiveVersion, production: LiveVersion) -> CanaryRoute:
    return CanaryRoute(version, production.identity, "canary", 10, CanarySwitch())


def test_a_share_is_given_to_the_pair_that_was_compared() -> None:
    """A swap of either version ends it, and a late share of the old pair has no effect."""
    live = LiveVersions()
    one, two, three = (make_live_version(version=number) for number in "123")
    live.swap(one)
    live.swap(two, CANARY)
    live.share(make_route(two, one))
    assert has_route(live)
    live.swap(three)
    assert not has_route(live)
    live.share(make_route(two, one))
    assert not has_route(live)
    live.share(make_route(two, three))
    assert has_route(live)
    live.swap(one, CANARY)
    assert not has_route(live)
    live.share(make_route(two, three))
    assert not has_route(live)


def test_confirmation_keeps_the_share() -> None:
    """The confirmed version is the same one."""
    live = LiveVersions()
    one, two = replace(make_live_version(), source="cache"), make_live_version(version="2")
    live.swap(one)
    live.swap(two, CANARY)
    live.confirm()
    live.share(make_route(two, one))
    assert has_route(live)


def test_a_canary_in_production_leaves_its_role() -> None:
    live = LiveVersions()
    one, two = make_live_version(), make_live_version(version="2")
    live.swap(one)
    live.swap(two, CANARY)
    assert live.swap(replace(two, since="later"))
    assert live.canary is None
    live.swap(one, CANARY)
    live.drop_canary()
    assert live.canary is None
    assert live.production is not None
