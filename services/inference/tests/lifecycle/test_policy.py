"""The policy: a table for people, and properties for everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import FailureKind
from baton_inference.lifecycle.policy import (
    FETCH_RETRY_S,
    JITTER,
    LOAD_RETRY_S,
    Decision,
    Failure,
    Identity,
    decide,
    drop_outdated,
    wait_s,
)
from baton_registry.versions.model_version import ModelVersion

V1, V2 = Identity("1", "models:/m-1"), Identity("2", "models:/m-2")
V1_OF_ANOTHER_REGISTRY = Identity("1", "models:/m-9")
FETCH, ENGINE = FailureKind.FETCH, FailureKind.ENGINE

identities = st.builds(Identity, st.sampled_from("123"), st.sampled_from("ab"))
times_s = st.floats(0, 1e6)
failures = st.builds(
    Failure, identities, st.sampled_from(FailureKind), times_s, st.integers(1, 100)
)


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
        (V1, V2, Failure(V2, FETCH, at_s=100 - FETCH_RETRY_S + 1), Decision.WAIT),
        (V1, V2, Failure(V2, FETCH, at_s=100 - FETCH_RETRY_S), Decision.LOAD),
        (None, V2, Failure(V2, ENGINE, at_s=100 - LOAD_RETRY_S + 1), Decision.WAIT),
        (None, V2, Failure(V2, ENGINE, at_s=100 - LOAD_RETRY_S), Decision.LOAD),
        (V1, V2, Failure(V1, ENGINE, at_s=100), Decision.LOAD),
    ],
)
def test_decisions(
    serving: Identity | None,
    aspired: Identity | None,
    failure: Failure | None,
    decision: Decision,
) -> None:
    """The decision at 100 s is the one in the table."""
    assert decide(serving, aspired, failure, 100.0) is decision


@given(st.none() | identities, identities, st.none() | failures, times_s)
def test_loads_whatever_is_aspired_sooner_or_later(
    serving: Identity | None, aspired: Identity, failure: Failure | None, now_s: float
) -> None:
    """A version that is aspired and does not serve is loaded, at the latest after its retry."""
    later_s = now_s + 1e6 + LOAD_RETRY_S
    assert (decide(serving, aspired, failure, later_s) is Decision.LOAD) == (aspired != serving)


@given(st.none() | identities, st.none() | identities, st.none() | failures, times_s)
def test_never_loads_what_serves(
    serving: Identity | None, aspired: Identity | None, failure: Failure | None, now_s: float
) -> None:
    """Nothing is loaded where the alias is not set or its version serves already."""
    if aspired is None or aspired == serving:
        assert decide(serving, aspired, failure, now_s) is Decision.NOTHING


@given(st.none() | identities, failures, identities, times_s)
def test_a_version_newly_pointed_to_is_tried_at_once(
    serving: Identity | None, failure: Failure, aspired: Identity, now_s: float
) -> None:
    """Once the alias has left a failed version, neither another nor that one has to wait."""
    left = drop_outdated(failure, None)
    assert decide(serving, aspired, left, now_s) is not Decision.WAIT
    moved = drop_outdated(failure, aspired)
    if aspired != failure.identity:
        assert moved is None
    else:
        assert moved is failure


@given(st.floats(0.05, 3600), st.floats(-1, 1), st.none() | failures, times_s)
def test_waits_about_the_interval_and_never_past_a_retry(
    interval_s: float, jitter: float, failure: Failure | None, now_s: float
) -> None:
    """A wait is within the jitter of the interval, or shorter where a retry is due sooner."""
    waited_s = wait_s(interval_s, jitter, failure, now_s)
    assert 0 < waited_s <= interval_s * (1 + JITTER) * 1.000001
    is_due_sooner = (
        failure is not None and failure.is_fresh(now_s) and failure.retry_at_s - now_s < interval_s
    )
    if not is_due_sooner:
        assert waited_s >= interval_s * (1 - JITTER) * 0.999999
    else:
        assert failure is not None
        assert now_s + waited_s <= failure.retry_at_s * 1.000001


@given(st.none() | identities, identities, failures, times_s, st.floats(-1e6, 1e6))
def test_no_jump_of_the_clock_holds_a_version_back(
    serving: Identity | None, aspired: Identity, failure: Failure, now_s: float, jump_s: float
) -> None:
    """Whatever the clock reads after a jump, a failed version waits for a minute at the most.

    And no jump makes it load what serves, or wait with the next look-up for longer than ever.
    """
    jumped_s = now_s + jump_s
    last_s = jumped_s + LOAD_RETRY_S
    if aspired == serving:
        assert decide(serving, aspired, failure, jumped_s) is Decision.NOTHING
    else:
        decisions = {decide(serving, aspired, failure, reading) for reading in (jumped_s, last_s)}
        assert Decision.LOAD in decisions
    assert 0 < wait_s(2.0, 0.0, failure, jumped_s) <= 2.0


def test_identity_is_version_and_source() -> None:
    """Two registries' version 1 are different versions."""
    one = Identity.from_version(ModelVersion("m", "1", source="a"))
    assert one == Identity("1", "a") != Identity.from_version(ModelVersion("m", "1", source="b"))
