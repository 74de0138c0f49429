"""The verbs of `baton rollout`, and what `promote`, `rollback` and `history` do about a rollout."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from baton_cli.errors import CommandFailed
from baton_cli.main import run
from baton_cli.rollouts.control.observation import Observation
from baton_cli.rollouts.control.store import RolloutStore
from baton_cli.rollouts.display.following import Step
from baton_cli.stopping import raise_terminated
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.actions import Promote
from baton_rollout.progress.record import Record
from tests.support.cli.fakes import Registry, serve
from tests.support.fakes.fleet import CANARY, RECORD, Replica
from tests.support.fakes.registry import ALIAS, build_mlmodel

WAITING = "baton_cli.rollouts.waiting"
SHORT = ("--step-for", "0", "--bake", "0", "--min-pairs", "500", "--deadline", "1h")


class Fleet(httpx.BaseTransport):
    """One inference process."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.replica = Replica("r1", registry, 200, 0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=dict(self.replica.report().status or {}))


@pytest.fixture
def fleet(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    """Version 1 in production, versions 2 and 3 beside it, and an inference process."""
    monkeypatch.setenv("BATON_ACTOR", "ada")
    monkeypatch.setenv("BATON_POLL_INTERVAL_S", "0.01")
    registry.add("3", MLmodel=build_mlmodel(("tenure", "long", True)))
    run(["promote", "1"])
    fleet = Fleet(registry)
    with serve(fleet) as url:
        monkeypatch.setenv("BATON_INFERENCE_URL", url)
        yield fleet


def read_record(fleet: Fleet) -> Record:
    return Record.from_text(fleet.registry.tags[RECORD])


def read_status(capsys: pytest.CaptureFixture[str], code: int) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["rollout", "status", "--json"]) == code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_start_says_what_follows(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["rollout", "start", "2", "--reason", "better"]) == 0
    out, err = capsys.readouterr()
    assert "version 2 runs beside version 1; steps of 0, 10, 50, 100 %" in out
    assert "2,000 pairs find" in out
    assert "baton rollout abort" in out
    assert out.endswith("run a controller: baton rollout run\n")
    assert err == ""
    assert fleet.registry.aliases == {ALIAS: "1", CANARY: "2"}
    plan = read_record(fleet).plan
    assert (plan.by, plan.reason, plan.alias) == ("ada", "better", ALIAS)


def test_wait_runs_the_rollout_to_its_promotion(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["rollout", "start", "2", *SHORT, "--wait"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1].startswith("version 2 was promoted to 'production'")
    for step in ("step 1 of 4, in shadow", "step 2 of 4: 10 %", "step 4 of 4: 100 %"):
        assert f"version 2: {step}" in err
    assert fleet.registry.aliases == {ALIAS: "2"}
    assert run(["rollout", "status"]) == 0


def test_wait_ends_with_the_story_of_an_abort(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.replica = Replica("r1", fleet.registry, 200, 10)
    assert run(["rollout", "start", "2", *SHORT, "--wait"]) == 5
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("baton: version 2 was aborted at ")
    assert "5 % of its rows fail; allowed: 0.1 %" in last
    assert last.endswith("version 1 answers all requests")
    assert fleet.registry.aliases == {ALIAS: "1"}
    assert run(["rollout", "status"]) == 5


def test_wait_ends_when_the_time_is_over(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    """The rollout goes on."""
    assert run(["rollout", "start", "2", "--wait", "0.05s"]) == 4
    err = capsys.readouterr().err
    assert "time is over" in err
    assert err.endswith("the rollout goes on if a controller runs; see: baton rollout status\n")
    assert read_record(fleet).phase == "progressing"


def test_wait_with_a_check_says_that_nobody_takes_the_next_step(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    """No other controller has the check."""
    assert run(["rollout", "start", "2", "--check", "true", "--wait", "0.05s"]) == 4
    err = capsys.readouterr().err
    assert "no controller takes its next steps; take each with: baton rollout promote" in err


def test_wait_sees_what_its_last_tick_did(
    fleet: Fleet, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is over with the tick that promotes."""

    def tick_once(step: Step, *_: object, **__: object) -> Observation | None:
        seen = step()
        while seen is not None and not isinstance(seen.action, Promote):
            seen = step()
        return seen

    monkeypatch.setattr(f"{WAITING}.watch", tick_once)
    assert run(["rollout", "start", "2", *SHORT, "--wait"]) == 0
    assert "was promoted" in capsys.readouterr().out


def test_wait_without_a_registry_says_so(
    fleet: Fleet, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_registry(*_: object, **__: object) -> None:
        fleet.registry.fail_on.add(("GET", "registered-models/get"))

    monkeypatch.setattr(f"{WAITING}.watch", lose_registry)
    assert run(["rollout", "start", "2", "--wait"]) == 4
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("baton: time is over, and the state is unknown: the registry at ")


def test_expected_change_has_no_power_over_answers(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["rollout", "start", "2", "--expect-change"])
    out = capsys.readouterr().out
    assert "in 95 of 100 cases: 0.784 % failures\n" in out


def test_wait_ends_at_a_pause(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--steps", "0", "--no-promote", *SHORT)
    assert run(["rollout", "start", "2", *options, "--wait"]) == 4
    assert "paused: all steps are done" in capsys.readouterr().err
    assert run(["rollout", "status"]) == 4


def test_check_of_the_caller_decides(fleet: Fleet) -> None:
    assert run(["rollout", "start", "2", *SHORT, "--wait", "--check", "false"]) == 5
    assert read_record(fleet).message == "the check exited with code 1"
    assert run(["rollout", "start", "3", *SHORT, "--wait", "--check", "true"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--check", "true"),
        ("--check", "no-such-program", "--wait"),
        ("--check", "'", "--wait"),
        ("--steps", "50,10"),
        ("--steps", "0,10,x"),
        ("--steps", ""),
        ("--step-for", "10 minutes"),
        ("--min-pairs", "-1"),
        ("--deadline", "0"),
        ("--deadline", "30m"),
        ("--wait", "soon"),
    ],
)
def test_bad_options_are_usage_errors(
    fleet: Fleet, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert run(["rollout", "start", "2", *arguments]) == 2
    assert RECORD not in fleet.registry.tags


def test_status_shows_both_versions(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rollout", "status"]) == 0
    assert capsys.readouterr().out.endswith("churn_model: no rollout\n")
    run(["rollout", "start", "2"])
    capsys.readouterr()
    assert run(["rollout", "status"]) == 3
    first, heading, *rows, last = capsys.readouterr().out.splitlines()
    assert first.startswith("churn_model: version 2 beside version 1 · step 1 of 4: 0 % since ")
    assert first.endswith("1 of 1 processes")
    assert heading.split("  ")[0] == "signal"
    assert [row.split("  ")[0] for row in rows] == [
        "failures",
        "slower",
        "other label",
        "score",
        "quality",
    ]
    assert last.startswith("waits: ")
    assert "aborts at 125 : 1" in last


def test_status_says_that_no_controller_runs(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    """A step could end, but no controller ends it. At first that is no news."""
    for hours, is_told in ((0, False), (2, True)):
        run(["rollout", "start", "2", *SHORT[:-2]])
        record = read_record(fleet)
        since = record.step_since - timedelta(hours=hours)
        fleet.registry.tags[RECORD] = replace(record, step_since=since).to_text()
        for _ in range(4):  # until there are enough pairs
            capsys.readouterr()
            run(["rollout", "status"])
        told = f"nothing has moved the rollout since {since:%Y-%m-%d %H:%M} UTC; if that stays so"
        assert (told in capsys.readouterr().out) is is_told
        run(["rollout", "abort"])
        fleet.registry.add("2", MLmodel=build_mlmodel(("tenure", "long", True)))


def test_status_as_json(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    assert read_status(capsys, 0)["phase"] is None
    run(["rollout", "start", "2"])
    rollout = read_status(capsys, 3)
    assert (rollout["version"], rollout["against"], rollout["phase"]) == ("2", "1", "progressing")
    assert [each["signal"] for each in rollout["signals"]][:2] == ["failures", "slower"]
    assert rollout["processes"][0]["state"] == "shadow"


def test_watch_ends_with_the_rollout(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    run(["rollout", "start", "2"])
    run(["rollout", "abort", "--reason", "enough"])
    capsys.readouterr()
    assert run(["rollout", "status", "--watch"]) == 5
    assert "was aborted" in capsys.readouterr().out
    assert run(["rollout", "status", "--watch", "--json"]) == 5
    out, err = capsys.readouterr()
    assert json.loads(out)["phase"] == "aborted"
    assert "was aborted" in err


def test_unreadable_record_ends_the_watch(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.registry.tags[RECORD] = "{"
    capsys.readouterr()
    assert run(["rollout", "status", "--watch"]) == 1
    assert "is not the record of a rollout" in capsys.readouterr().err


def test_pause_resume_and_promote(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    run(["rollout", "start", "2"])
    assert run(["rollout", "pause"]) == 0
    assert read_record(fleet).message == "by ada"
    assert run(["rollout", "status"]) == 4
    assert run(["rollout", "resume"]) == 0
    assert read_record(fleet).phase == "progressing"
    assert run(["rollout", "resume"]) == 1
    for weight in ("10", "50", "100"):
        assert run(["rollout", "promote"]) == 0
        assert fleet.registry.get_version_tags("2")["baton.weight.canary"] == weight
    assert run(["rollout", "promote"]) == 0
    assert fleet.registry.aliases == {ALIAS: "2"}
    assert "was promoted" in capsys.readouterr().out.splitlines()[-1]


def test_promote_full_skips_the_steps(fleet: Fleet) -> None:
    run(["rollout", "start", "2"])
    assert run(["rollout", "promote", "--full"]) == 0
    assert fleet.registry.aliases == {ALIAS: "2"}


def test_promote_cannot_outrun_evidence(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.replica = Replica("r1", fleet.registry, 200, 100)
    run(["rollout", "start", "2"])
    assert run(["rollout", "promote", "--full"]) == 1
    assert "was aborted" in capsys.readouterr().err
    assert fleet.registry.aliases == {ALIAS: "1"}


def test_promote_fails_if_the_checks_refuse(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["rollout", "start", "2"])
    fleet.registry.add("2", tags={"baton.gate": "failed: worse"})
    capsys.readouterr()
    assert run(["rollout", "promote", "--full"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("baton: version 2: paused: version 2 did not pass the gate")
    assert fleet.registry.aliases[ALIAS] == "1"


def test_abort_keeps_production(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    run(["rollout", "start", "2"])
    assert run(["rollout", "abort", "--reason", "bad smell"]) == 0
    assert fleet.registry.aliases == {ALIAS: "1"}
    assert fleet.registry.get_version_tags("2")["baton.rollout"] == "aborted: by ada: bad smell"


@pytest.mark.parametrize("verb", ["promote", "pause", "resume", "abort"])
def test_verbs_need_a_rollout(fleet: Fleet, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    capsys.readouterr()
    assert run(["rollout", verb]) == 1
    assert capsys.readouterr().err == (
        "baton: no rollout is under way; start one: baton rollout start VERSION\n"
    )


def test_history_has_the_rollout(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    run(["rollout", "start", "2", "--reason", "better"])
    run(["rollout", "abort", "--reason", "bad smell"])
    run(["rollout", "start", "3", "--reason", "better", *SHORT, "--wait"])
    capsys.readouterr()
    run(["history", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert [[row[key] for key in ("from", "to", "how", "by")] for row in rows] == [
        [None, "1", "promote", "ada"],
        ["1", "2", "rollout aborted", "ada"],
        ["1", "3", "promote", "ada"],
        ["1", "3", "rollout promoted", "ada"],
    ]
    assert rows[1]["reason"] == "by ada: bad smell"
    assert run(["history"]) == 0
    assert "rollout aborted" in capsys.readouterr().out


def test_promotion_of_the_canary_ends_its_rollout(fleet: Fleet) -> None:
    run(["rollout", "start", "2"])
    assert run(["promote", "2"]) == 0
    assert fleet.registry.aliases == {ALIAS: "2"}
    assert (read_record(fleet).phase, read_record(fleet).message) == ("promoted", "by hand (ada)")


def test_promotion_succeeds_whatever_its_rollout_does(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alias has moved; a controller closes the record later."""

    def fail(*_: object) -> None:
        raise CommandFailed("the rollout cannot be recorded")

    run(["rollout", "start", "2"])
    monkeypatch.setattr(RolloutStore, "add_past", fail)
    assert run(["promote", "2"]) == 0
    assert fleet.registry.aliases[ALIAS] == "2"


def test_promotion_of_another_version_needs_force(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["rollout", "start", "2"])
    assert run(["promote", "3"]) == 1
    assert "a rollout of version 2 is under way" in capsys.readouterr().err
    assert run(["promote", "3", "--alias", "staging"]) == 0
    assert run(["promote", "3", "--force"]) == 0
    assert fleet.registry.aliases[ALIAS] == "3"


def test_promotion_of_an_aborted_version_needs_force(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["rollout", "start", "2"])
    run(["rollout", "abort"])
    assert run(["promote", "2"]) == 1
    assert "was aborted" in capsys.readouterr().err
    for other in (["--alias", "staging"], []):
        if not other:
            fleet.registry.fail_on.add(("POST", "registered-models/alias"))
        assert run(["promote", "2", "--force", *other]) == (0 if other else 1)
        assert fleet.registry.get_version_tags("2")["baton.rollout"].startswith("aborted")
    fleet.registry.fail_on.clear()
    assert run(["promote", "2", "--force"]) == 0
    assert fleet.registry.get_version_tags("2")["baton.rollout"] == "forced"


def test_rollback_aborts_the_rollout_first(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["promote", "3"])
    run(["rollout", "start", "2"])
    capsys.readouterr()
    assert run(["rollback"]) == 0
    out, err = capsys.readouterr()
    assert out == "churn_model@production moved from version 3 to 1\n"
    assert err == "aborted the rollout of version 2 first\n"
    assert read_record(fleet).phase == "aborted"


def test_rollback_without_an_earlier_version_still_aborts(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["rollout", "start", "2"])
    capsys.readouterr()
    assert run(["rollback"]) == 1
    first, last = capsys.readouterr().err.splitlines()
    assert first == "aborted the rollout of version 2 first"
    assert last.startswith("baton: there is no earlier promoted version")
    assert fleet.registry.aliases == {ALIAS: "1"}


def test_rollback_works_whatever_the_record_is(fleet: Fleet) -> None:
    run(["promote", "2"])
    fleet.registry.tags[RECORD] = "{"
    assert run(["rollback"]) == 0
    assert fleet.registry.aliases == {ALIAS: "1"}


def test_canary_may_be_off(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`promote` and `rollback` work as before."""
    for name in ("off", ALIAS):
        monkeypatch.setenv("BATON_CANARY_ALIAS", name)
        assert run(["rollout", "start", "2"]) == 1
        assert "turns the canary off" in capsys.readouterr().err
        assert run(["promote", "2"]) == 0
        assert run(["rollback"]) == 0


def test_deadline_pauses_as_inconclusive(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.replica._new = PairCounts()
    began = time.monotonic()
    options = ("--step-for", "0", "--bake", "0", "--deadline", "1s")
    assert run(["rollout", "start", "2", *options, "--wait"]) == 4
    assert time.monotonic() - began < 10
    assert "inconclusive at the deadline: 0 of 2,000 pairs" in capsys.readouterr().err


@pytest.mark.parametrize("alias", ["canary", "off"])
def test_controller_that_is_stopped_has_not_failed(
    fleet: Fleet,
    alias: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is a service: SIGTERM ends it with exit code 0."""
    monkeypatch.setenv("BATON_CANARY_ALIAS", alias)
    before = signal.signal(signal.SIGTERM, raise_terminated)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    try:
        assert run(["rollout", "run"]) == 0
    finally:
        timer.join()
        signal.signal(signal.SIGTERM, before)
    assert "stopped" in capsys.readouterr().err
