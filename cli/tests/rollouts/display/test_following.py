"""The lines of a controller."""

from baton_cli.rollouts.display.following import IDLE_FACTOR, Follower
from baton_registry import RegistryUnavailable
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
