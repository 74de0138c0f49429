from collections.abc import Sequence

import pytest

from baton_cli.errors import CommandFailed
from baton_cli.inference.convergence import START_IT, Failures, Goal, failures, wait_until_served
from baton_cli.inference.status_client import Report
from tests.support.cli.fakes import load_failure, status
from tests.support.fakes.registry import ALIAS, MODEL, Body

GOAL = Goal(MODEL, ALIAS, "2", "baton rollback")
FIRST = Goal(MODEL, ALIAS, "2", None)
"""There is nothing to go back to."""


class Script:
    """Answers one list of reports after the other, the last for ever; each poll takes a second."""

    def __init__(self, *answers: Sequence[Body | None]) -> None:
        self.answers = list(answers)
        self.polls = 0

    def reports(self) -> list[Report]:
        self.polls += 1
        bodies = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [Report(f"http://{name}", body) for name, body in zip("ab", bodies, strict=False)]

    def clock(self) -> float:
        return float(self.polls)


def wait(
    script: Script,
    *,
    timeout_s: float = 5,
    before: Failures | None = None,
    goal: Goal = GOAL,
) -> list[Report]:
    return wait_until_served(
        script,
        goal,
        timeout_s=timeout_s,
        before=before or {},
        clock=script.clock,
        sleep=lambda _: None,
    )


def test_waits_for_the_last_process() -> None:
    """Served is what all serve."""
    old, new = status("1"), status("2")
    script = Script([old, old], [new, old], [new, None], [new, new])
    assert len(wait(script)) == 2
    assert script.polls == 4


def test_the_time_out_says_who_is_behind_and_how_to_go_back() -> None:
    """Each process that is behind is named with what it does."""
    with pytest.raises(CommandFailed) as failure:
        wait(Script([status("1"), None]))
    assert str(failure.value) == (
        "version 2 is not served everywhere after 5 s: http://a serves version 1, "
        f"no answer from http://b; {START_IT}; alias '{ALIAS}' stays on version 2; "
        "go back with: baton rollback"
    )


@pytest.mark.parametrize(
    ("report", "hint"),
    [
        (None, "BATON_INFERENCE_URL"),
        (status("1"), "baton status"),
        (status("1", alias="staging"), "BATON_ALIAS"),
    ],
)
def test_what_is_not_the_versions_fault_is_not_blamed_on_it(report: Body | None, hint: str) -> None:
    """Another version would be served no better; the hint fits what is wrong."""
    with pytest.raises(CommandFailed, match=hint) as failure:
        wait(Script([report]), goal=FIRST)
    assert "another version" not in str(failure.value)
    assert "stays on version 2" in str(failure.value)


def test_a_first_version_that_cannot_be_loaded_needs_another() -> None:
    """There is nothing to go back to."""
    script = Script([status("1", failure=load_failure("2"))])
    with pytest.raises(CommandFailed, match="promote another version"):
        wait(script, goal=FIRST)


def test_a_process_without_the_registry_says_so() -> None:
    """It cannot know that the alias has moved."""
    lost = {**status("1"), "registry": {"reachable": False}}
    with pytest.raises(CommandFailed, match="serves version 1, and it cannot reach the registry"):
        wait(Script([lost]))


def test_an_empty_slot_is_behind() -> None:
    """A process that serves nothing does not serve the version."""
    with pytest.raises(CommandFailed, match="http://a serves nothing"):
        wait(Script([status(None)]))


def test_a_load_failure_of_the_version_ends_the_wait() -> None:
    """There is nothing to wait for: the reason is told at once, with the way back."""
    script = Script([status("1")], [status("1", failure=load_failure("2", "bad checksum"))])
    with pytest.raises(CommandFailed) as failure:
        wait(script)
    assert str(failure.value) == (
        f"http://a cannot load version 2: bad checksum; alias '{ALIAS}' stays on version 2; "
        "go back with: baton rollback"
    )
    assert script.polls == 2


def test_a_load_failure_of_another_version_does_not() -> None:
    """What failed before the move says nothing of this version."""
    script = Script([status("1", failure=load_failure("9"))], [status("2")])
    wait(script)


def test_a_load_failure_from_before_the_move_is_old_news() -> None:
    """The same version may load this time; a second attempt that fails is news."""
    first, second = load_failure("2", attempts=1), load_failure("2", attempts=2)
    before = failures([Report("http://a", status("1", failure=first))])
    script = Script([status("1", failure=first)], [status("2")])
    wait(script, before=before)

    script = Script([status("1", failure=first)], [status("1", failure=second)])
    with pytest.raises(CommandFailed, match="cannot load version 2"):
        wait(script, before=before)
    assert script.polls == 2


def test_a_process_that_follows_another_alias_ends_the_wait() -> None:
    """It would never serve what this alias points to, not even with the same number."""
    with pytest.raises(CommandFailed, match="follows alias 'staging'"):
        wait(Script([status("2", alias="staging")]))


def test_a_process_that_refuses_our_key_ends_the_wait() -> None:
    """It will go on doing so; what to set is told, and how to go back."""

    class Refusing(Script):
        def reports(self) -> list[Report]:
            return [Report("http://a", None, is_refused=True)]

    with pytest.raises(CommandFailed, match=r"refuses the API key.*BATON_API_KEY.*go back with"):
        wait(Refusing())
