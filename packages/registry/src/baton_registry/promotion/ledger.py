"""The promotion ledger: the recorded moves of an alias.

MLflow keeps no history of an alias. Each move is a tag of its own on the registered model, so
concurrent promotions do not overwrite each other. An entry is written as an intent *before* the
alias moves, and marked done after it. The alias move is the commit: an intent counts if the alias
points to its version.

This module is pure: no I/O and no clock.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from baton_common.model_tags import MAX_TAG_CHARACTERS
from baton_common.texts import shorten_to_line
from baton_common.utc import format_utc

How = Literal["promote", "rollback", "external"]

INTENT_LIFETIME = timedelta(minutes=1)
"""Older intents are abandoned: the next command deletes them."""

MAX_TEXTS = (("by", 200), ("reason", 2000))
"""To so many characters the texts of an entry are cut if it is too long for a tag."""


@dataclass(frozen=True)
class Move:
    """One move of an alias.

    Attributes:
        at: the time in UTC.
        from_version: the alias's version before the move; None if it was not set.
        to_version: the alias's version after the move; None if it was removed.
        how: the verb, or `external` if the alias was moved without Baton.
        by: the actor; empty if unknown.
        reason: the actor's reason.
    """

    at: datetime
    from_version: str | None
    to_version: str | None
    how: How
    by: str = ""
    reason: str = ""

    def to_json(self) -> dict[str, str | None]:
        """Converts the move to the form that its tag has."""
        return {
            "at": format_utc(self.at),
            "from": self.from_version,
            "to": self.to_version,
            "how": self.how,
            "by": self.by,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Entry:
    """An entry of the ledger.

    Attributes:
        sequence: the position in the ledger. If concurrent entries share it, `at` and `token`
            decide.
        token: makes the tag unique.
        move: the move.
        done: False for an intent.
    """

    sequence: int
    token: str
    move: Move
    done: bool

    @property
    def order(self) -> tuple[int, datetime, str]:
        """The sort key."""
        return (self.sequence, self.move.at, self.token)


def format_tag_prefix(alias: str) -> str:
    """Returns the key prefix of the alias's tags."""
    return f"baton.move.{alias}."


def to_tag(alias: str, entry: Entry) -> tuple[str, str]:
    """Formats the entry as a tag: key and value."""
    key = f"{format_tag_prefix(alias)}{entry.sequence:06d}-{entry.token}"
    document = {**entry.move.to_json(), "done": entry.done}
    value = json.dumps(document)
    if len(value) > MAX_TAG_CHARACTERS:
        texts = {name: shorten_to_line(str(document[name]), most) for name, most in MAX_TEXTS}
        value = json.dumps({**document, **texts}, ensure_ascii=False)
    return key, value


def parse_tags(alias: str, tags: Mapping[str, str]) -> list[Entry]:
    """Parses the entries among a model's tags, in order. Other tags are ignored."""
    prefix = format_tag_prefix(alias)
    entries = [
        _parse_tag(key[len(prefix) :], value)
        for key, value in tags.items()
        if key.startswith(prefix)
    ]
    return sorted((entry for entry in entries if entry is not None), key=lambda entry: entry.order)


def _parse_tag(key_suffix: str, value: str) -> Entry | None:
    sequence, _, token = key_suffix.partition("-")
    try:
        fields = json.loads(value)
        return Entry(int(sequence), token, _parse_move(fields), done=bool(fields["done"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _parse_move(fields: Mapping[str, Any]) -> Move:
    """Parses the move of a tag. Any client may write tags, so the fields' types are checked."""
    at = datetime.fromisoformat(fields["at"])
    if at.tzinfo is not None:
        at = at.astimezone(UTC)
    texts = [fields["by"], fields["reason"]]
    texts += [version for version in (fields["from"], fields["to"]) if version is not None]
    if at.tzinfo is None or fields["how"] not in get_args(How):
        raise ValueError("not a ledger entry")
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("not a ledger entry")
    return Move(at, fields["from"], fields["to"], fields["how"], fields["by"], fields["reason"])


def find_current_number(entries: Iterable[Entry]) -> str | None:
    """Returns the alias's version by the ledger; None if it is not set."""
    current_number = None
    for entry in entries:
        if entry.done:
            current_number = entry.move.to_version
    return current_number


def reconcile(entries: Sequence[Entry], current_number: str | None, now: datetime) -> Entry | None:
    """Compares the ledger with the alias and returns the entry to add.

    Args:
        entries: the ledger's entries, in order.
        current_number: the version that the alias points to.
        now: the time.

    Returns:
        The intent that matches the alias, marked done; else an `external` move; None if nothing
        changed.
    """
    known = find_current_number(entries)
    if current_number == known:
        return None
    for entry in reversed(entries):
        if not entry.done and entry.move.to_version == current_number:
            return complete(entry, entries)
    move = Move(now, known, current_number, "external")
    return Entry(compute_next_sequence(entries), "external", move, done=True)


def complete(intent: Entry, entries: Iterable[Entry]) -> Entry:
    """Marks the intent as done and moves it behind all other entries."""
    return replace(intent, sequence=compute_next_sequence(entries), done=True)


def is_recorded(intent: Entry, entries: Iterable[Entry]) -> bool:
    """Whether the ledger already records the intent as done."""
    return any(entry.done and entry.token == intent.token for entry in entries)


def find_abandoned(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """Finds the intents that are too old."""
    return [e for e in entries if not e.done and now - e.move.at > INTENT_LIFETIME]


def compute_next_sequence(entries: Iterable[Entry]) -> int:
    """Returns the position after the last entry."""
    return max((entry.sequence for entry in entries), default=0) + 1
