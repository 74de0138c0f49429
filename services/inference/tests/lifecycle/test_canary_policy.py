"""The policy of the canary: a table of cases, and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import FailureKind
from baton_inference.lifecycle.policy import (
    LOAD_RETRY_S,
    CanarySnapshot,
    Decision,
    FailedLoad,
    Refusal,
    decide_canary,
)
from baton_registry.versions.model_version import VersionIdentity

V1, V2, V3 = (VersionIdentity(number, f"models:/m-{number}") for number in "123")
NOTHING, LOAD, WAIT, DROP = Decision.NOTHING, Decision.LOAD, Decision.WAIT, Decision.DROP

identities = st.sampled_from([V1, V2, V3])
snapshots = st.builds(
    CanarySnapshot,
    st.none() | identities,
    st.none() | identities,
    st.none() | identities,
    st.booleans(),
    st.none() | st.builds(Refusal, identities, identities, st.just("why")),
    st.none() | st.builds(FailedLoad, identities, st.sampled_from(FailureKind), st.floats(0, 1e6)),
)


@pytest.mark.parametrize(
    ("snapshot", "decision"),
    [
        (CanarySnapshot(None, None, V2), NOTHING),  # nothing to compare with
        (CanarySnapshot(V1, None, None), NOTHING),
        (CanarySnapshot(V1, None, V1), NOTHING),
        (CanarySnapshot(V1, None, V2), LOAD),
        (CanarySnapshot(V1, V2, V2), NOTHING),
        (CanarySnapshot(V1, V2, V3), DROP),
        (CanarySnapshot(V1, V2, None), DROP),  # the alias was deleted
        (CanarySnapshot(V2, V2, V2), DROP),  # it was promoted
        (CanarySnapshot(V1, V2, V1), DROP),
        (CanarySnapshot(V1, V2, V2, is_aborted=True), DROP),
        (CanarySnapshot(V1, None, V2, is_aborted=True), NOTHING),
        (CanarySnapshot(V1, V2, V2, refusal=Refusal(V2, V1, "")), DROP),
        (CanarySnapshot(V1, None, V2, refusal=Refusal(V2, V1, "")), NOTHING),
        (CanarySnapshot(V3, None, V2, refusal=Refusal(V2, V1, "")), LOAD),  # it may fit now
        (CanarySnapshot(V1, None, V3, refusal=Refusal(V2, V1, "")), LOAD),
        (CanarySnapshot(V1, None, V2, failure=FailedLoad(V2, FailureKind.ENGINE, 99)), WAIT),
        (
            CanarySnapshot(
                V1, None, V2, failure=FailedLoad(V2, FailureKind.ENGINE, 100 - LOAD_RETRY_S)
            ),
            LOAD,
        ),
        (CanarySnapshot(V1, None, V2, failure=FailedLoad(V2, FailureKind.CRASHED, -1e9)), WAIT),
    ],
)
def test_decisions_by_table(snapshot: CanarySnapshot, decision: Decision) -> None:
    """The decision at 100 s is the one in the table."""
    assert decide_canary(snapshot, 100.0) is decision


@given(snapshots, st.floats(0, 1e6))
def test_a_live_canary_is_one_that_may_answer(snapshot: CanarySnapshot, now_s: float) -> None:
    """Without a drop it is the alias's, is not aborted and differs from production."""
    if snapshot.live is not None and decide_canary(snapshot, now_s) is not DROP:
        assert snapshot.live == snapshot.aspired != snapshot.production
        assert not snapshot.is_aborted
        assert not snapshot.is_refused
        assert snapshot.production is not None


@given(snapshots, st.floats(0, 1e6))
def test_only_an_empty_role_is_loaded(snapshot: CanarySnapshot, now_s: float) -> None:
    """The old canary is dropped first."""
    if decide_canary(snapshot, now_s) is LOAD:
        assert snapshot.live is None
        assert snapshot.aspired not in (None, snapshot.production)
