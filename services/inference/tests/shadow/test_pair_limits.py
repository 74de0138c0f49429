"""What a canary may do."""

from dataclasses import replace
from datetime import UTC, datetime

from baton_inference.shadow.pair_limits import find_limits
from baton_rollout.limits import Limits
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from tests.support.fakes.live_version import make_live_version

AT = datetime(2026, 1, 1, tzinfo=UTC)
OWN = Limits(failures=0.02, expects_change=True)
FIGURES = {"against_version": 1.0, "other_label_share": 0.2}
PRODUCTION = make_live_version(version="1")
CANARY = replace(make_live_version(version="2"), gate_figures=FIGURES)


def make_record(version: str = "2", against: str = "1") -> Record:
    plan = Plan("0badcafe", version, "production", "ann", "", AT, OWN)
    return Record.create(plan, against).begin(AT)


def test_the_rollout_of_these_versions_has_its_own_limits() -> None:
    assert find_limits(PRODUCTION, CANARY, make_record()) == OWN


def test_without_one_the_limits_are_those_around_the_gates_figures() -> None:
    """So it is with the record of another rollout, and of one that has ended."""
    expected = Limits.from_gate_figures(FIGURES, "1")
    assert expected.other_label == 0.25
    others = (None, make_record(version="3"), make_record(against="0"))
    for record in (*others, make_record().end("aborted", "", AT)):
        assert find_limits(PRODUCTION, CANARY, record) == expected
