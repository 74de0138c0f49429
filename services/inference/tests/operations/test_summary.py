"""Summaries of many statuses."""

from dataclasses import replace

import pytest

from baton_inference.lifecycle.status import LoadFailureStatus, RegistryStatus, Status
from baton_inference.operations.commands import Commands
from baton_inference.operations.summary import Note, Summary, summarize
from tests.support.fakes.live_version import AT, SERVING

FAILED = replace(
    SERVING,
    state="degraded",
    aspired_version="4",
    last_load_failure=LoadFailureStatus("4", "no ONNX model.", AT, 2),
)
AWAY = RegistryStatus(last_success_at=AT, consecutive_failures=3, last_error="no answer")
STARTED = replace(
    SERVING, state="waiting", aspired_version=None, serving=None, registry=RegistryStatus()
)


def summarize_status(status: Status) -> Summary:
    return summarize(status, Commands(status.model_name, status.alias))


def only_note(status: Status) -> Note:
    [note] = summarize_status(status).notes
    return note


def test_healthy_status_has_no_notes() -> None:
    """The summary has only a headline."""
    assert summarize_status(SERVING) == Summary("Version 3 is serving", "good", ())


def test_failed_load() -> None:
    """The headline names the serving version; the note has the failed version and the reason."""
    summary = summarize_status(FAILED)
    assert (summary.headline, summary.severity) == ("Version 3 is serving", "warning")
    note = only_note(FAILED)
    assert note.title == "Version 4 cannot be loaded"
    assert "no ONNX model. 2 attempts" in note.text
    assert note.command == "baton rollback --wait"


def test_failed_load_is_not_a_problem_after_another_move() -> None:
    """Once the alias points elsewhere, Baton no longer retries the failed version."""
    assert [
        note.title for note in summarize_status(replace(FAILED, aspired_version=None)).notes
    ] == ["The alias production is not set"]
    moved = replace(FAILED, state="swapping", aspired_version="5")
    assert only_note(moved).title == "Loading version 5"


def test_removed_alias() -> None:
    """The command sets the alias to the serving version again."""
    note = only_note(replace(SERVING, state="degraded", aspired_version=None))
    assert note.title == "The alias production is not set"
    assert note.command == "baton promote 3 --wait"


def test_alias_that_was_never_set() -> None:
    """The command promotes the challenger."""
    status = replace(STARTED, registry=SERVING.registry)
    assert summarize_status(status).headline == "No version is serving"
    assert summarize_status(status).severity == "bad"
    assert only_note(status).command == "baton promote challenger --wait"


def test_unreachable_registry() -> None:
    """Scoring continues; no command helps."""
    note = only_note(replace(SERVING, state="degraded", registry=AWAY))
    assert (note.title, note.hint, note.command) == (
        "The registry cannot be reached",
        "No answer",
        None,
    )
    assert "Scoring continues" in note.text


def test_unreachable_registry_does_not_mean_a_missing_alias() -> None:
    """Without an answer, the summary does not claim that the alias is missing."""
    status = replace(STARTED, registry=AWAY)
    assert only_note(status).title == "The registry cannot be reached"
    assert "Scoring continues" not in only_note(status).text


def test_no_notes_before_the_first_poll() -> None:
    """A process that has just started reports no problem."""
    assert summarize_status(STARTED).notes == ()


def test_two_problems_have_two_notes() -> None:
    """A failed load and an unreachable registry are both reported."""
    titles = [note.title for note in summarize_status(replace(FAILED, registry=AWAY)).notes]
    assert titles == ["Version 4 cannot be loaded", "The registry cannot be reached"]


@pytest.mark.parametrize(
    ("state", "headline"), [("loading", "Loading"), ("swapping", "Version 3 is serving")]
)
def test_loading_is_not_a_problem(state: str, headline: str) -> None:
    """While a version loads, the severity is `busy`."""
    base = STARTED if state == "loading" else replace(SERVING, aspired_version="4")
    summary = summarize_status(replace(base, state=state))  # type: ignore[arg-type]
    assert summary.headline.startswith(headline)
    assert summary.severity == "busy"
    assert [note.title for note in summary.notes] == (
        [] if state == "loading" else ["Loading version 4"]
    )
