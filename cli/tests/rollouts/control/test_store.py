"""The record of a rollout in the registry, and the past rollouts."""

import json
from dataclasses import replace

import pytest

from baton_cli.errors import CommandFailed
from baton_rollout.limits import Limits
from tests.support.fakes.fleet import RECORD, Stage


def test_newest_past_rollouts_are_kept() -> None:
    stage = Stage()
    prefix = "baton.rolled.canary."
    old = [f"{prefix}2025{n:04d}T000000-0badcafe" for n in range(60)]
    stage.server.tags |= dict.fromkeys(old, "{}")
    stage.server.tags["baton.rolled.other.20200101T000000-0badcafe"] = "{}"
    stage.start()
    stage.run(stage.controller())
    kept = sorted(key for key in stage.server.tags if key.startswith(prefix))
    assert len(kept) == 50
    assert kept[:-1] == old[-49:]
    assert "baton.rolled.other.20200101T000000-0badcafe" in stage.server.tags


def test_record_that_is_too_long_to_write_is_one_line() -> None:
    """Another client wrote it. It does not end the controller, again after each restart."""
    stage = Stage()
    record = stage.start()
    score = {str(number).ljust(256, "x"): (-0.1, 0.1) for number in range(10)}
    long = '"' * 300
    plan = replace(record.plan, by=long, reason=long, limits=Limits(score=score))
    record = replace(record, plan=plan, message=long, is_entered=False)
    stage.server.tags[RECORD] = json.dumps(record.to_json())
    with pytest.raises(CommandFailed, match="cannot be recorded: it is too long"):
        stage.controller().tick()


def test_record_of_another_form_is_one_line() -> None:
    stage = Stage()
    stage.server.tags["baton.rollout.canary"] = '{"version": 3}'
    with pytest.raises(CommandFailed, match="not the record of a rollout") as error:
        stage.controller().tick()
    assert "\n" not in str(error.value)
