"""The lines of a controller."""

import pytest

from baton_cli.errors import CommandFailed
from baton_cli.rollouts.control.store import Overtaken
from baton_cli.rollouts.display.following import IDLE_FACTOR, Follower, is_permanent
from baton_registry.errors import RegistryRefused, RegistryUnavailable
from tests.support.fakes.fleet import Stage


def follow(stage: Stage, steps: int) -> list[str]:
    lines: list[str] = []
    follower = Follower(stage.controller().tick, lines.append)
    for _ in range(steps):
        follower.step()
    return lines


def test_each_change_is_one_line() -> None:
    """Pairs that are only counted are no news."""
    stage = Stage(pairs=20)
    stage.start()
    lines = follow(stage, 60)
    steps = [line for line in lines if "step" in line]
    assert steps == [
        "version 2: step 1 of 3, in shadow",
        "version 2: step 2 of 3: 10 %",
        "version 2: step 3 of 3: 100 %",
    ]
    assert lines[1].startswith("version 2: waits: 40 of 500 pairs")
    assert len([line for line in lines if "pairs" in line]) == 1
    assert lines[-1].startswith("version 2 was promoted to 'production' at ")
    assert len(lines) == len({*lines})


def test_abort_is_told_once_with_its_reason() -> None:
    stage = Stage(failures=5)
    stage.start()
    lines = follow(stage, 10)
    assert len(lines) == 2
    assert "5 % of its rows fail" in lines[-1]


def test_outage_is_two_lines() -> None:
    """One when it starts, one when it ends."""
    lines: list[str] = []
    outages = [True, True, True, False]

    def step() -> None:
        if outages.pop(0):
            raise RegistryUnavailable("no answer")

    follower = Follower(step, lines.append)
    for _ in range(4):
        follower.step()
    assert lines == [
        "the rollout waits: no answer",
        "the rollout continues: the registry answers again",
    ]


@pytest.mark.parametrize(
    "error",
    [
        CommandFailed("the record is unreadable"),
        RegistryRefused("denied", error_code="PERMISSION_DENIED", status=403),
        RegistryRefused("who?", error_code="", status=401),
    ],
)
def test_permanent_error_ends_a_wait_but_not_a_controller(error: Exception) -> None:
    """A command does not wait for what only a person can end; a controller goes on after that."""
    lines: list[str] = []

    def step() -> None:
        raise error

    follower = Follower(step, lines.append)
    with pytest.raises(CommandFailed, match=str(error).partition("?")[0]):
        follower.step()
    assert lines == []
    follower.step(endures=True)
    assert lines == [f"the rollout waits: {error}"]


def test_refusal_for_now_is_an_outage() -> None:
    """A proxy that limits the rate, or another controller that was faster."""
    for error in (RegistryRefused("slow down", error_code="", status=429), Overtaken()):
        assert not is_permanent(error)


def test_controller_looks_less_often_without_a_rollout() -> None:
    stage, pauses = Stage(), []

    class Done(BaseException):
        """The test has seen enough."""

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise Done
        stage.start()

    follower = Follower(stage.controller().tick, lambda _: None)
    try:
        follower.follow_forever(2.0, sleep)
    except Done:
        assert pauses == [2.0 * IDLE_FACTOR, 2.0]
