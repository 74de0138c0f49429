"""The start of a rollout: what refuses it, and what it completes first."""

import pytest

from baton_cli.errors import CommandFailed
from baton_registry.errors import PromotionRefused
from baton_registry.versions.rollout_tags import format_abort
from tests.support.fakes.fleet import CANARY, Replica, Stage
from tests.support.fakes.registry import MODEL
from tests.support.fakes.rollout_ends import BAD, GOOD, NOT_STARTED, PROMOTED, move_production


def test_start_is_refused() -> None:
    """During a rollout, for production's version, for an aborted one, and over another canary."""
    stage = Stage(failures=BAD)
    with pytest.raises(CommandFailed, match="nothing to roll out"):
        stage.start(version="1")
    stage.start()
    with pytest.raises(CommandFailed, match="version 2 is under way"):
        stage.start(version="3")
    stage.run(stage.controller())
    with pytest.raises(PromotionRefused, match="aborted"):
        stage.start()
    stage.server.aliases[CANARY] = "3"
    stage.server.add("4", MLmodel=stage.server.files["1/MLmodel"].decode())
    with pytest.raises(CommandFailed, match="points to version 3"):
        stage.start(version="4")


def test_force_starts_an_aborted_version_again() -> None:
    stage = Stage(failures=BAD)
    stage.start()
    stage.run(stage.controller())
    stage.replicas = [Replica("again", stage.server, 100, GOOD)]
    stage.start(is_forced=True)
    assert stage.describe()["verdict"] == "forced"
    stage.run(stage.controller())
    assert stage.describe() == {**PROMOTED, "past": ["aborted", "promoted"]}


def test_start_completes_an_abort_that_was_cut() -> None:
    stage = Stage()
    stage.start()
    stage.server.client().set_version_tag(MODEL, "2", "baton.rollout", format_abort("cut"))
    stage.start(version="3")
    assert [record.message for record in stage.past] == ["cut"]
    assert stage.record.plan.version == "3"


def test_start_closes_a_rollout_that_a_person_has_ended() -> None:
    """Also without any controller: here the canary alias was moved to production by hand."""
    stage = Stage()
    stage.start()
    move_production(stage, "2")
    stage.start(version="3")
    assert [(record.phase, record.message) for record in stage.past] == [("promoted", "by hand")]
    assert stage.record.plan.version == "3"


def test_record_that_nobody_can_read_is_not_written() -> None:
    stage = Stage()
    for changes in ({"min_pairs": 2**60}, {"token": "t"}, {"reason": "x" * 301}):
        with pytest.raises(CommandFailed, match="the rollout cannot be recorded: "):
            stage.start(**changes)
    assert stage.describe() == NOT_STARTED
