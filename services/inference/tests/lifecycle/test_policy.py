"""The policy: a table of cases, and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import FailureKind
from baton_inference.lifecycle.policy import (
    FETCH_RETRY_S,
    JITTER,
    LOAD_RETRY_S,
    Decision,
    FailedLoad,
    compute_wait_s,
    decide,
    drop_outdated,
)
from baton_registry.versions.model_version import ModelVersion, VersionIdentity

V1, V2 = VersionIdentity("1", "models:/m-1"), VersionIdentity("2", "models:/m-2")
V1_OF_ANOTHER_REGISTRY = VersionIdentity("1", "models:/m-9")
FETCH, ENGINE = FailureKind.FETCH, FailureKind.ENGINE

identities = st.builds(VersionIdentity, st.sampled_from("123"), st.sampled_from("ab"))
times_s = st.floats(0, 1e6)
RETRIED = [kind for kind in FailureKind if kind is not FailureKind.CRASHED]
failures = st.builds(FailedLoad, identities, st.sampled_from(RETRIED), times_s, st.integers(1, 100))


@pytest.mark.parametrize(
    ("serving", "aspired", "failure", "decision"),
    [
        (None, None, None, Decision.NOTHING),
        (V1, None, None, Decision.NOTHING),
        (V1, V1, None, Decision.NOTHING),
        (None, V1, None, Decision.LOAD),
        (V1, V2, None, Decision.LOAD),
        (V2, V1, None, Decision.LOAD),
        (V1, V1_OF_ANOTHER_REGISTRY, None, Decision.LOAD),
        (V1, V2, FailedLoad(V2, FETCH, at_s=100 - FETCH_RETRY_S + 1), Decision.WAIT),
        (V1, V2, FailedLoad(V2, FETCH, at_s=100 - FETCH_RETRY_S), Decision.LOAD),
        (None, V2, FailedLoad(V2, ENGINE, at_s=100 - LOAD_RETRY_S + 1), Decision.WAIT),
        (None, V2, FailedLoad(V2, ENGINE, at_s=100 - LOAD_RETRY_S), Decision.LOAD),
        (V1, V2, FailedLoad(V1, ENGINE, at_s=100), Decision.LOAD),
    ],
)
def test_decisions_by_table(
    serving: VersionIdentity | None,
    aspired: VersionIdentity | None,
    failure: FailedLoad | None,
    decision: Decision,
) -> None:
    """The decision at 100 s is the one in the table."""
    assert decide(serving, aspired, failure, 100.0) is decision


@given(st.none() | identities, identities, st.none() | failures, times_s)
def test_the_aspired_version_is_loaded_at_the_latest_after_its_retry(
    serving: VersionIdentity | None,
    aspired: VersionIdentity,
    failure: FailedLoad | None,
    now_s: float,
) -> None:
    """It is loaded if and only if it does not serve already."""
    later_s = now_s + 1e6 + LOAD_RETRY_S
    assert (decide(serving, aspired, failure, later_s) is Decision.LOAD) == (aspired != serving)


@given(st.none() | identities, st.none() | identities, st.none() | failures, times_s)
def test_the_serving_version_is_not_loaded_again(
    serving: VersionIdentity | None,
    aspired: VersionIdentity | None,
    failure: FailedLoad | None,
    now_s: float,
) -> None:
    """Nothing is loaded if the alias is not set or its version already serves."""
    if aspired is None or aspired == serving:
        assert decide(serving, aspired, failure, now_s) is Decision.NOTHING


@given(st.none() | identities, failures, identities, times_s)
def test_a_moved_alias_is_followed_at_once(
    serving: VersionIdentity | None, failure: FailedLoad, aspired: VersionIdentity, now_s: float
) -> None:
    """Once the alias leaves a failed version, no version has to wait for its retry."""
    left = drop_outdated(failure, None)
    assert decide(serving, aspired, left, now_s) is not Decision.WAIT
    moved = drop_outdated(failure, aspired)
    if aspired != failure.identity:
        assert moved is None
    else:
        assert moved is failure


@given(st.floats(0.05, 3600), st.floats(-1, 1), st.none() | failures, times_s)
def test_waits_are_about_the_interval_and_end_at_a_retry(
    interval_s: float, jitter: float, failure: FailedLoad | None, now_s: float
) -> None:
    """A wait is within the jitter of the interval, or shorter if a retry is due sooner."""
    waited_s = compute_wait_s(interval_s, jitter, failure, now_s)
    assert 0 < waited_s <= interval_s * (1 + JITTER) * 1.000001
    is_due_sooner = (
        failure is not None
        and failure.is_backing_off(now_s)
        and failure.retry_at_s - now_s < interval_s
    )
    if not is_due_sooner:
        assert waited_s >= interval_s * (1 - JITTER) * 0.999999
    else:
        assert failure is not None
        assert now_s + waited_s <= failure.retry_at_s * 1.000001


@given(st.none() | identities, identities, failures, times_s, st.floats(-1e6, 1e6))
def test_a_jump_of_the_clock_does_not_delay_a_version(
    serving: VersionIdentity | None,
    aspired: VersionIdentity,
    failure: FailedLoad,
    now_s: float,
    jump_s: float,
) -> None:
    """After any jump, a failed version waits at most a minute for its retry.

    No jump loads the serving version again or makes a wait longer than the poll interval.
    """
    jumped_s = now_s + jump_s
    last_s = jumped_s + LOAD_RETRY_S
    if aspired == serving:
        assert decide(serving, aspired, failure, jumped_s) is Decision.NOTHING
    else:
        decisions = {decide(serving, aspired, failure, reading) for reading in (jumped_s, last_s)}
        assert Decision.LOAD in decisions
    assert 0 < compute_wait_s(2.0, 0.0, failure, jumped_s) <= 2.0


def test_identity_is_version_and_source() -> None:
    """Version 1 of two registries are different versions."""
    one = ModelVersion("m", "1", source="a").identity
    assert one == VersionIdentity("1", "a") != ModelVersion("m", "1", source="b").identity


def test_a_version_that_ended_the_process_waits_for_a_move_of_the_alias() -> None:
    """No time is long enough, and the wait for the next poll stays the poll interval."""
    crashed = FailedLoad(V2, FailureKind.CRASHED, at_s=0)
    assert decide(V1, V2, crashed, 1e12) is Decision.WAIT
    assert compute_wait_s(2.0, 0.0, crashed, 1.0) == 2.0
    assert decide(V1, V2, drop_outdated(crashed, V1), 1.0) is Decision.LOAD
