"""A rollback during a rollout: nothing about the rollout stops it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from baton_cli.moves.rolling_back import roll_back
from baton_cli.rollouts.control import hand
from baton_cli.settings import CliSettings, load
from baton_registry.errors import PromotionRefused
from baton_registry.promotion import alias_moves
from baton_registry.promotion.ledger import Move
from baton_registry.rest.client import RegistryClient
from baton_rollout.limits import Limits
from baton_rollout.progress.record import Record
from tests.support.fakes.fleet import CANARY, RECORD, Stage
from tests.support.fakes.registry import ALIAS, MODEL, FakeMlflow


class Rewriting(httpx.BaseTransport):
    """A registry whose record another process rewrites each time it is read."""

    def __init__(self, server: FakeMlflow) -> None:
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._server.tags[RECORD] += " "
        return self._server.handle_request(request)


def build_stage() -> Stage:
    """Version 3 was promoted before version 1, which version 2 is compared with."""
    stage = Stage()
    for version in "31":
        alias_moves.promote(
            stage.server.client(), MODEL, version, alias=ALIAS, by="bob", force=True
        )
    stage.start()
    return stage


def write_long(record: Record) -> str:
    """Writes a record that is too long for a tag, as only another client can."""
    score = {str(number).ljust(256, "x"): (-0.1, 0.1) for number in range(10)}
    long = '"' * 300
    plan = replace(record.plan, by=long, reason="\x01" * 300, limits=Limits(score=score))
    return json.dumps(replace(record, plan=plan, message=long).to_json())


def write_half_character(record: Record) -> str:
    """Writes a record with half of a character, which no request can carry."""
    return json.dumps({**record.to_json(), "reason": "\ud800"})


def write_unknown(_: Record) -> str:
    return '{"version": 3}'


def go_back(stage: Stage, transport: httpx.BaseTransport | None = None, **options: Any) -> Move:
    client = RegistryClient("http://registry", transport=transport or stage.server)
    return roll_back(client, load(CliSettings), "ann", **options)


def test_record_that_is_too_long_is_shortened_at_its_end() -> None:
    stage = build_stage()
    stage.server.tags[RECORD] = write_long(stage.record)
    assert go_back(stage).to_version == "3"
    assert (stage.record.phase, stage.past[-1].phase) == ("aborted", "aborted")
    assert len(stage.server.tags[RECORD]) <= 4800
    assert stage.describe()["verdict"] == "aborted"


@pytest.mark.parametrize("write", [write_half_character, write_unknown])
def test_unreadable_record_does_not_keep_the_canary(
    write: Callable[[Record], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict needs no record, and ends the routing in every process."""
    stage = build_stage()
    stage.server.tags[RECORD] = write(stage.record)
    assert go_back(stage).to_version == "3"
    assert stage.server.get_version_tags("2")["baton.rollout"] == "aborted: by ann: baton rollback"
    warning, aborted = capsys.readouterr().err.splitlines()
    assert warning.startswith("warning: tag 'baton.rollout.canary' of model 'churn_model' is not")
    assert aborted == "aborted the rollout of version 2 first"


@pytest.mark.parametrize("verdict", [None, "passed", "aborted: bad news"])
def test_unreadable_record_without_a_rollout_is_only_a_warning(
    verdict: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no canary, or its rollout has ended, and only the alias was left."""
    stage = build_stage()
    stage.server.tags[RECORD] = "{}"
    if verdict is None:
        del stage.server.aliases[CANARY]
    else:
        stage.server.client().set_version_tag(MODEL, "2", "baton.rollout", verdict)
    assert go_back(stage).to_version == "3"
    assert capsys.readouterr().err.startswith("warning: tag 'baton.rollout.canary' of model")
    assert stage.server.get_version_tags("2").get("baton.rollout") == verdict


def test_unreadable_record_of_a_promotion_that_has_not_ended_aborts_it() -> None:
    """The version would get the canary's requests again when production moves back."""
    stage = build_stage()
    stage.server.tags[RECORD] = "{}"
    for key, value in (("baton.rollout", "passed"), ("baton.weight.canary", "100")):
        stage.server.client().set_version_tag(MODEL, "2", key, value)
    assert go_back(stage).to_version == "3"
    assert stage.server.get_version_tags("2")["baton.rollout"] == "aborted: by ann: baton rollback"


def test_any_error_of_the_abort_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no such\nrecord")

    stage = build_stage()
    monkeypatch.setattr(hand, "abort_first", fail)
    assert go_back(stage).to_version == "3"
    assert capsys.readouterr().err == "warning: the rollout cannot be aborted: no such record\n"


def test_rollout_that_changes_all_the_time_is_aborted(capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict needs no record. A controller completes the rest."""
    stage = build_stage()
    assert go_back(stage, Rewriting(stage.server)).to_version == "3"
    assert capsys.readouterr().err == "aborted the rollout of version 2 first\n"
    assert stage.describe()["verdict"] == "aborted"
    stage.controller().tick()
    assert stage.describe() | {"past": []} == {
        "production": "3",
        "canary": None,
        "verdict": "aborted",
        "weight": 0.0,
        "phase": "aborted",
        "past": [],
    }


def test_move_after_the_check_of_the_expected_version_is_not_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = build_stage()
    plan_rollback = alias_moves.plan_rollback

    def cross(client: RegistryClient, model: str, **options: Any) -> Move:
        stage.server.aliases[ALIAS] = "2"
        return plan_rollback(client, model, **options)

    monkeypatch.setattr(alias_moves, "plan_rollback", cross)
    with pytest.raises(PromotionRefused):
        go_back(stage, to="3", expected="1")
    assert stage.server.aliases[ALIAS] == "2"
