"""The ledger and the rollback stack, checked against simple models."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_registry.errors import NothingToRollBackTo
from baton_registry.promotion import ledger, rollback_stack
from baton_registry.promotion.ledger import Entry, How, Move

START = datetime(2026, 1, 1, tzinfo=UTC)
ALIAS = "production"

versions = st.sampled_from(["1", "2", "3", "4"])
positions = st.one_of(st.none(), versions)


def build_moves(steps: list[tuple[How, str | None]]) -> list[Move]:
    """Builds the moves that visit these versions in turn."""
    moves: list[Move] = []
    before = None
    for minute, (how, to) in enumerate(steps):
        moves.append(Move(START + timedelta(minutes=minute), before, to, how))
        before = to
    return moves


entries = st.lists(
    st.builds(
        Entry,
        sequence=st.integers(1, 99),
        token=st.text("0123456789abcdef", min_size=8, max_size=8),
        move=st.builds(
            Move,
            at=st.integers(0, 10**6).map(lambda ms: START + timedelta(milliseconds=ms)),
            from_version=positions,
            to_version=positions,
            how=st.sampled_from(["promote", "rollback", "external"]),
            by=st.text(),
            reason=st.text(),
        ),
        done=st.booleans(),
    ),
    unique_by=lambda entry: (entry.sequence, entry.token),
)


@given(entries)
def test_tags_round_trip(written: list[Entry]) -> None:
    """Entries are parsed in order; other tags are ignored."""
    tags = dict(ledger.to_tag(ALIAS, entry) for entry in written)
    tags |= {
        "team": "churn",
        f"{ledger.format_tag_prefix(ALIAS)}junk": "{",
        "baton.move.other.1-a": "{}",
    }

    assert ledger.parse_tags(ALIAS, tags) == sorted(written, key=lambda entry: entry.order)


@given(entries, positions)
def test_reconciling_twice_adds_one_entry(written: list[Entry], current_number: str | None) -> None:
    known = sorted(written, key=lambda entry: entry.order)
    now = START + timedelta(days=1)
    entry = ledger.reconcile(known, current_number, now)
    after = [*known, entry] if entry else known

    assert ledger.find_current_number(after) == current_number
    assert ledger.reconcile(after, current_number, now) is None


@given(st.lists(positions, max_size=30))
def test_stack_without_rollbacks_is_the_visited_versions(visited: list[str | None]) -> None:
    """Repeated versions and removals of the alias are left out."""
    moves = build_moves([("external", version) for version in visited])
    expected: list[str] = []
    for version in visited:
        if version is not None and expected[-1:] != [version]:
            expected.append(version)

    assert rollback_stack.build_stack(moves) == expected


@given(st.lists(versions, min_size=1, max_size=20))
def test_rollbacks_end_at_the_first_promotion(visited: list[str]) -> None:
    """Repeated rollbacks visit each promotion once; then one is refused."""
    moves = build_moves([("promote", version) for version in visited])
    stack = rollback_stack.build_stack(moves)
    current_number = stack[-1]
    for expected in reversed(stack[:-1]):
        target = rollback_stack.find_rollback_target(moves, current_number)
        moves.append(Move(START, current_number, target, "rollback"))
        current_number = target
        assert target == expected

    with pytest.raises(NothingToRollBackTo):
        rollback_stack.find_rollback_target(moves, current_number)


@given(st.lists(st.tuples(st.sampled_from(["promote", "external", "rollback"]), positions)))
def test_top_of_the_stack_is_the_last_version(steps: list[tuple[How, str | None]]) -> None:
    named = [version for _, version in steps if version is not None]

    assert rollback_stack.build_stack(build_moves(steps))[-1:] == named[-1:]


def test_intent_counts_once_the_alias_moved() -> None:
    done = Entry(1, "a", Move(START, None, "1", "promote", "ann"), done=True)
    intent = Entry(2, "b", Move(START, "1", "2", "promote", "bob"), done=False)

    assert ledger.reconcile([done, intent], "1", START) is None
    entry = ledger.reconcile([done, intent], "2", START + timedelta(days=9))
    assert entry is not None
    assert (entry.done, entry.move.by) == (True, "bob")


def test_old_intents_are_abandoned() -> None:
    intent = Entry(1, "a", Move(START, None, "1", "promote"), done=False)

    assert ledger.find_abandoned([intent], START + timedelta(seconds=30)) == []
    assert ledger.find_abandoned([intent], START + timedelta(seconds=61)) == [intent]


def test_move_as_json() -> None:
    """Times are in UTC with milliseconds."""
    move = Move(START, None, "1", "promote", "ann", "why")

    assert move.to_json() == {
        "at": "2026-01-01T00:00:00.000Z",
        "from": None,
        "to": "1",
        "how": "promote",
        "by": "ann",
        "reason": "why",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"at": "2026-01-01T00:00:00"},
        {"at": "yesterday"},
        {"how": "magic"},
        {"how": ["promote"]},
        {"to": 7},
        {"reason": {"html": "<b>"}},
    ],
    ids=str,
)
def test_invalid_tag_is_ignored(fields: dict[str, object]) -> None:
    """Any client may write tags."""
    good = Entry(1, "a", Move(START, None, "1", "promote"), done=True)
    key, value = ledger.to_tag(ALIAS, Entry(1, "b", Move(START, None, "2", "promote"), done=True))
    tags = dict([ledger.to_tag(ALIAS, good), (key, json.dumps({**json.loads(value), **fields}))])

    assert ledger.parse_tags(ALIAS, tags) == [good]


@pytest.mark.parametrize("character", ["x", "я", '"', "\x01", "\ud800", "🙂"])
def test_long_reason_fits_into_a_tag(character: str) -> None:
    """PostgreSQL refuses the value of a model's tag beyond 5,000 characters."""
    move = Move(START, "1", "2", "promote", by=character * 5000, reason=character * 9000)
    key, value = ledger.to_tag(ALIAS, Entry(1, "0badcafe", move, done=True))
    assert len(value.encode().decode()) < 5000
    (entry,) = ledger.parse_tags(ALIAS, {key: value})
    assert (entry.move.to_version, entry.done) == ("2", True)
    assert len(entry.move.reason) == (2000 if character.isprintable() else 0)


def test_reason_in_any_language_is_kept() -> None:
    move = Move(START, "1", "2", "promote", reason="причина " * 200)
    key, value = ledger.to_tag(ALIAS, Entry(1, "0badcafe", move, done=True))
    (entry,) = ledger.parse_tags(ALIAS, {key: value})
    assert entry.move.reason == move.reason.strip()


def test_entry_that_is_nested_too_deeply_is_ignored() -> None:
    """Otherwise one tag would end every command, and the controller."""
    key, _ = ledger.to_tag(ALIAS, Entry(1, "0badcafe", Move(START, "1", "2", "promote"), True))
    assert ledger.parse_tags(ALIAS, {key: "[" * 100_000}) == []


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_entry_with_a_time_that_overflows_is_ignored(at: str) -> None:
    """Any client may write a tag."""
    key, value = ledger.to_tag(ALIAS, Entry(1, "0badcafe", Move(START, "1", "2", "promote"), True))
    assert ledger.parse_tags(ALIAS, {key: json.dumps(json.loads(value) | {"at": at})}) == []
