"""The live versions, by role."""

from dataclasses import replace

from baton_inference.lifecycle.live_versions import LiveVersions
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
