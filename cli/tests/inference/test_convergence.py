from collections.abc import Sequence

import pytest

from baton_cli.errors import CommandFailed
from baton_cli.inference.convergence import (
    START_HINT,
    Goal,
    LoadFailures,
    collect_load_failures,
    wait_until_served,
)
from baton_cli.inference.report import Report
from tests.support.cli.fakes import build_load_failure, build_status
from tests.support.fakes.registry import ALIAS, MODEL, Body

GOAL = Goal(MODEL, ALIAS, "2", "baton rollback")
FIRST = Goal(MODEL, ALIAS, "2", None)
"""The goal of a first move: no way back."""


class Script:
    """Returns the lists of reports in turn, then repeats the last. Each poll takes one second."""

    def __init__(self, *answers: Sequence[Body | None]) -> None:
        self.answers = list(answers)
        self.polls = 0

    def fetch_reports(self) -> list[Report]:
        self.polls += 1
        bodies = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [Report(f"http://{name}", body) for name, body in zip("ab", bodies, strict=False)]

    def clock(self) -> float:
        return float(self.polls)


def wait(
    script: Script,
    *,
    timeout_s: float = 5,
    earlier: LoadFailures | None = None,
    goal: Goal = GOAL,
) -> list[Report]:
    return wait_until_served(
        script,
        goal,
        timeout_s=timeout_s,
        earlier=earlier or {},
        clock=script.clock,
        sleep=lambda _: None,
    )


def test_waits_until_every_process_serves_the_version() -> None:
    """One that is behind is enough to wait."""
    old, new = build_status("1"), build_status("2")
    script = Script([old, old], [new, old], [new, None], [new, new])
    assert len(wait(script)) == 2
    assert script.polls == 4


def test_timeout_names_the_processes_behind_and_the_way_back() -> None:
    """Each with its state."""
    with pytest.raises(CommandFailed) as failure:
        wait(Script([build_status("1"), None]))
    assert str(failure.value) == (
        "version 2 is not served everywhere after 5 s: http://a serves version 1, "
        f"no answer from http://b; {START_HINT}; alias '{ALIAS}' stays on version 2; "
        "go back with: baton rollback"
    )


@pytest.mark.parametrize(
    ("report", "hint"),
    [
        (None, "BATON_INFERENCE_URL"),
        (build_status("1"), "baton status"),
        (build_status("1", alias="staging"), "BATON_ALIAS"),
    ],
)
def test_hint_fits_the_cause(report: Body | None, hint: str) -> None:
    """Another version would not help."""
    with pytest.raises(CommandFailed, match=hint) as failure:
        wait(Script([report]), goal=FIRST)
    assert "another version" not in str(failure.value)
    assert "stays on version 2" in str(failure.value)


def test_load_failure_without_a_way_back_suggests_another_version() -> None:
    """E.g. of a first version."""
    script = Script([build_status("1", failure=build_load_failure("2"))])
    with pytest.raises(CommandFailed, match="promote another version"):
        wait(script, goal=FIRST)


def test_process_without_the_registry_is_described() -> None:
    """It cannot see the move."""
    lost = {**build_status("1"), "registry": {"reachable": False}}
    with pytest.raises(CommandFailed, match="serves version 1 and it cannot reach the registry"):
        wait(Script([lost]))


def test_process_with_an_empty_slot_is_behind() -> None:
    """It serves no version."""
    with pytest.raises(CommandFailed, match="http://a serves nothing"):
        wait(Script([build_status(None)]))


def test_load_failure_of_the_version_ends_the_wait() -> None:
    """The message has the reason and the way back."""
    script = Script(
        [build_status("1")], [build_status("1", failure=build_load_failure("2", "bad checksum"))]
    )
    with pytest.raises(CommandFailed) as failure:
        wait(script)
    assert str(failure.value) == (
        f"http://a cannot load version 2: bad checksum; alias '{ALIAS}' stays on version 2; "
        "go back with: baton rollback"
    )
    assert script.polls == 2


def test_load_failure_of_another_version_is_ignored() -> None:
    """It is older than the move."""
    script = Script([build_status("1", failure=build_load_failure("9"))], [build_status("2")])
    wait(script)


def test_load_failure_from_before_the_move_is_ignored() -> None:
    """The version may load this time. A second failed attempt ends the wait."""
    first, second = build_load_failure("2", attempts=1), build_load_failure("2", attempts=2)
    earlier = collect_load_failures([Report("http://a", build_status("1", failure=first))])
    script = Script([build_status("1", failure=first)], [build_status("2")])
    wait(script, earlier=earlier)

    script = Script([build_status("1", failure=first)], [build_status("1", failure=second)])
    with pytest.raises(CommandFailed, match="cannot load version 2"):
        wait(script, earlier=earlier)
    assert script.polls == 2


def test_process_that_follows_another_alias_ends_the_wait() -> None:
    """It may serve the same number."""
    with pytest.raises(CommandFailed, match="follows alias 'staging'"):
        wait(Script([build_status("2", alias="staging")]))


def test_refused_key_ends_the_wait() -> None:
    """The message has the variable and the way back."""

    class Refusing(Script):
        def fetch_reports(self) -> list[Report]:
            return [Report("http://a", None, is_refused=True)]

    with pytest.raises(CommandFailed, match=r"refuses the API key.*BATON_API_KEY.*go back with"):
        wait(Refusing())
