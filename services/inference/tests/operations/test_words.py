"""The status in words: a table of statuses."""

from dataclasses import replace

import pytest

from baton_inference.lifecycle.status import LoadFailureStatus, RegistryStatus, Status
from baton_inference.operations.commands import Commands
from baton_inference.operations.words import Note, Words, in_words
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


def words(status: Status) -> Words:
    return in_words(status, Commands(status.model_name, status.alias))


def only_note(status: Status) -> Note:
    [note] = words(status).notes
    return note


def test_all_is_well() -> None:
    """Nothing but what serves needs to be said."""
    assert words(SERVING) == Words("Version 3 is serving", "good", ())


def test_a_version_that_cannot_be_loaded() -> None:
    """What serves comes first; then which version failed, why, how often, and the way back."""
    told = words(FAILED)
    assert (told.headline, told.mood) == ("Version 3 is serving", "warning")
    note = only_note(FAILED)
    assert note.title == "Version 4 cannot be loaded"
    assert "Why: no ONNX model. Tried 2 times" in note.text
    assert note.command == "baton rollback --wait"


def test_an_alias_that_is_gone() -> None:
    """What serves goes on, and the command sets the alias to it again."""
    note = only_note(replace(SERVING, state="degraded", aspired_version=None))
    assert note.title == "The alias production is not set"
    assert note.command == "baton promote 3 --wait"


def test_an_alias_that_was_never_set() -> None:
    """Nothing serves; the command promotes what passed its gate."""
    status = replace(STARTED, registry=SERVING.registry)
    assert words(status).headline == "No version is being served"
    assert words(status).mood == "bad"
    assert only_note(status).command == "baton promote challenger --wait"


def test_a_registry_that_is_away() -> None:
    """Scoring goes on, and no command of ours would help."""
    note = only_note(replace(SERVING, state="degraded", registry=AWAY))
    assert (note.title, note.hint, note.command) == (
        "The registry cannot be reached",
        "No answer",
        None,
    )
    assert note.text.startswith("Scoring goes on")


def test_an_alias_is_not_called_gone_while_the_registry_is_away() -> None:
    """Nobody knows: the three facts are never mixed up."""
    status = replace(STARTED, registry=AWAY)
    assert only_note(status).title == "The registry cannot be reached"
    assert not only_note(status).text.startswith("Scoring goes on")


def test_before_the_first_contact_nothing_is_claimed() -> None:
    """A process that has just begun knows nothing yet."""
    assert words(STARTED).notes == ()


def test_two_troubles_at_once() -> None:
    """Both are told."""
    titles = [note.title for note in words(replace(FAILED, registry=AWAY)).notes]
    assert titles == ["Version 4 cannot be loaded", "The registry cannot be reached"]


@pytest.mark.parametrize(("state", "headline"), [("loading", "The first"), ("swapping", "Version")])
def test_on_the_way(state: str, headline: str) -> None:
    """A version on its way is no trouble."""
    base = STARTED if state == "loading" else replace(SERVING, aspired_version="4")
    told = words(replace(base, state=state))  # type: ignore[arg-type]
    assert told.headline.startswith(headline)
    assert told.mood == "busy"
    assert [note.title for note in told.notes] == (
        [] if state == "loading" else ["Version 4 is on its way"]
    )
