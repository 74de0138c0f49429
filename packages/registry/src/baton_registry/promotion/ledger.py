"""The promotion ledger: which moves of an alias are known, and what a rollback goes back to.

MLflow keeps no history of an alias. Each move is one entry, a tag of its own on the registered
model, so that two people who promote at once lose nothing to each other. An entry is written
*before* the alias moves, as an intent, and marked done after it. The move of the alias is the
commit: an intent whose version the alias shows is a move that happened, any other is not.

This module is pure: it folds entries and one reading of the alias, and does no I/O.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from baton_common.utc import format_utc
from baton_registry.errors import NothingToRollBackTo

How = Literal["promote", "rollback", "external"]

INTENT_LIFETIME = timedelta(minutes=1)
"""A mover that has not moved the alias by then is gone, and the next look removes its intent."""


@dataclass(frozen=True)
class Move:
    """One move of an alias.

    Attributes:
        at: when, in UTC.
        from_version: where the alias pointed before; None where it was not set.
        to_version: where it points since; None where it was removed.
        how: by which verb, or `external`: by somebody else's hand, seen later.
        by: who; empty where unknown.
        reason: what they gave as the reason.
    """

    at: datetime
    from_version: str | None
    to_version: str | None
    how: How
    by: str = ""
    reason: str = ""

    def to_json(self) -> dict[str, str | None]:
        """The move as `baton history --json` shows it."""
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
    """A move as the ledger keeps it.

    Attributes:
        sequence: its place; two entries written at once may share it, then `at` and `token` decide.
        token: makes its tag unique.
        move: the move.
        done: False for an intent.
    """

    sequence: int
    token: str
    move: Move
    done: bool

    @property
    def order(self) -> tuple[int, datetime, str]:
        """The key by which entries are sorted."""
        return (self.sequence, self.move.at, self.token)


def format_tag_prefix(alias: str) -> str:
    """What the tags of an alias' entries start with."""
    return f"baton.move.{alias}."


def to_tag(alias: str, entry: Entry) -> tuple[str, str]:
    """The entry as a tag: key, value."""
    key = f"{format_tag_prefix(alias)}{entry.sequence:06d}-{entry.token}"
    return key, json.dumps({**entry.move.to_json(), "done": entry.done})


def parse_tags(alias: str, tags: Mapping[str, str]) -> list[Entry]:
    """The entries among a model's tags, in order. Tags that we did not write are passed over."""
    prefix = format_tag_prefix(alias)
    found = [
        _parse_tag(key[len(prefix) :], value)
        for key, value in tags.items()
        if key.startswith(prefix)
    ]
    return sorted((entry for entry in found if entry is not None), key=lambda entry: entry.order)


def _parse_tag(place: str, value: str) -> Entry | None:
    sequence, _, token = place.partition("-")
    try:
        fields = json.loads(value)
        return Entry(int(sequence), token, _move(fields), done=bool(fields["done"]))
    except (ValueError, KeyError, TypeError):
        return None


def _move(fields: Mapping[str, Any]) -> Move:
    """The move that a tag tells of. Anybody may write tags: a field of another type is refused."""
    at = datetime.fromisoformat(fields["at"])
    texts = [fields["by"], fields["reason"]]
    texts += [version for version in (fields["from"], fields["to"]) if version is not None]
    if at.tzinfo is None or fields["how"] not in get_args(How):
        raise ValueError("not a move of ours")
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("not a move of ours")
    return Move(at, fields["from"], fields["to"], fields["how"], fields["by"], fields["reason"])


def find_position(entries: Iterable[Entry]) -> str | None:
    """Where the alias points as far as the ledger knows; None: nowhere."""
    position = None
    for entry in entries:
        if entry.done:
            position = entry.move.to_version
    return position


def reconcile(entries: Sequence[Entry], position: str | None, now: datetime) -> Entry | None:
    """What one look at the alias adds to the ledger; None where it tells nothing new.

    Args:
        entries: the ledger so far, in order.
        position: the version that the alias points to now.
        now: the time of the look.

    Returns:
        The intent that came true, now done; else an `external` move; else None.
    """
    known = find_position(entries)
    if position == known:
        return None
    for entry in reversed(entries):
        if not entry.done and entry.move.to_version == position:
            return complete(entry, entries)
    move = Move(now, known, position, "external")
    return Entry(compute_next_sequence(entries), "external", move, done=True)


def complete(intent: Entry, entries: Iterable[Entry]) -> Entry:
    """The intent as a move that happened: after all others, whenever it was announced."""
    return replace(intent, sequence=compute_next_sequence(entries), done=True)


def is_recorded(intent: Entry, entries: Iterable[Entry]) -> bool:
    """Whether the intent's move is in the ledger already."""
    return any(entry.done and entry.token == intent.token for entry in entries)


def find_abandoned(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """The intents that no longer can come true, or did and are told by a done entry."""
    return [e for e in entries if not e.done and now - e.move.at > INTENT_LIFETIME]


def compute_next_sequence(entries: Iterable[Entry]) -> int:
    """The place after the last entry."""
    return max((entry.sequence for entry in entries), default=0) + 1


def build_stack(moves: Iterable[Move]) -> list[str]:
    """The stack of versions that a rollback goes back through, the last one on top.

    Promotions and external moves push, a rollback pops down to where it went. A removal of the
    alias changes nothing: the way back leads to the version that was there.
    """
    stack: list[str] = []
    for move in moves:
        if move.to_version is None:
            continue
        if move.how == "rollback":
            stack = _pop(stack, move)
        elif not stack or stack[-1] != move.to_version:
            stack.append(move.to_version)
    return stack


def _pop(stack: list[str], move: Move) -> list[str]:
    below = stack if move.from_version is None else stack[:-1]
    for depth in range(len(below), 0, -1):
        if below[depth - 1] == move.to_version:
            return below[:depth]
    return [*stack, str(move.to_version)]


def find_rollback_target(moves: Sequence[Move], position: str | None) -> str:
    """The version that a rollback goes to from `position`.

    Raises:
        NothingToRollBackTo: no version was promoted before.
    """
    stack = build_stack(moves)
    below = stack if position is None else stack[:-1]
    if not below:
        raise NothingToRollBackTo(
            "no version was promoted before this one; name one: baton rollback --to VERSION"
        )
    return below[-1]
