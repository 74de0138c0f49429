"""Rests of a thread that loads a version."""

import time

from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.loading.rests import REST_S, rest_from_loading
from tests.support.fakes.live_version import make_live_version


def test_the_first_load_does_not_rest() -> None:
    """No caller waits before a version serves; the start should be quick."""
    started_s = time.perf_counter()
    rest_from_loading(LiveVersions())
    assert time.perf_counter() - started_s < REST_S


def test_later_loads_rest() -> None:
    """The thread sleeps, so requests have the interpreter for themselves."""
    live = LiveVersions()
    live.swap(make_live_version())
    started_s = time.perf_counter()
    rest_from_loading(live)
    assert time.perf_counter() - started_s >= REST_S
