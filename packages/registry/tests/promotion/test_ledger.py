"""The ledger as a pure fold, against a model of it that is too simple to be wrong."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_registry import NothingToRollBackTo
from baton_registry.promotion import ledger
from baton_registry.promotion.ledger import Entry, How, Move

START = datetime(2026, 1, 1, tzinfo=UTC)
ALIAS = "production"

versions = st.sampled_from(["1", "2", "3", "4"])
positions = st.one_of(st.none(), versions)


def moves_from(steps: list[tuple[How, str | None]]) -> list[Move]:
    """The moves that visit these versions in turn."""
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
def test_tags_keep_what_was_written(written: list[Entry]) -> None:
    """What goes into tags comes out again, in order, whatever other tags a model has."""
    tags = dict(ledger.to_tag(ALIAS, entry) for entry in written)
    tags |= {
        "team": "churn",
        f"{ledger.format_tag_prefix(ALIAS)}junk": "{",
        "baton.move.other.1-a": "{}",
    }

    assert ledger.parse_tags(ALIAS, tags) == sorted(written, key=lambda entry: entry.order)


@given(entries, positions)
def test_one_look_is_enough(written: list[Entry], position: str | None) -> None:
    """After what a look adds, the ledger knows where the alias is, and a second look adds none."""
    known = sorted(written, key=lambda entry: entry.order)
    now = START + timedelta(days=1)
    news = ledger.reconcile(known, position, now)
    after = [*known, news] if news else known

    assert ledger.find_position(after) == position
    assert ledger.reconcile(after, position, now) is None


@given(st.lists(positions, max_size=30))
def test_without_rollbacks_the_way_back_is_the_way_forth(visited: list[str | None]) -> None:
    """Promotions and external moves push: going back meets the same versions in reverse."""
    moves = moves_from([("external", version) for version in visited])
    expected: list[str] = []
    for version in visited:
        if version is not None and expected[-1:] != [version]:
            expected.append(version)

    assert ledger.build_stack(moves) == expected


@given(st.lists(versions, min_size=1, max_size=20))
def test_rollbacks_end_at_the_first_promotion(visited: list[str]) -> None:
    """Rolling back again and again goes through every promotion once and then is refused."""
    moves = moves_from([("promote", version) for version in visited])
    stack = ledger.build_stack(moves)
    position = stack[-1]
    for expected in reversed(stack[:-1]):
        target = ledger.find_rollback_target(moves, position)
        moves.append(Move(START, position, target, "rollback"))
        position = target
        assert target == expected

    with pytest.raises(NothingToRollBackTo):
        ledger.find_rollback_target(moves, position)


@given(st.lists(st.tuples(st.sampled_from(["promote", "external", "rollback"]), positions)))
def test_the_top_of_the_stack_is_where_the_alias_is(steps: list[tuple[How, str | None]]) -> None:
    """Whatever happened, the last version that the alias named is on top."""
    named = [version for _, version in steps if version is not None]

    assert ledger.build_stack(moves_from(steps))[-1:] == named[-1:]


def test_an_intent_is_no_move_until_the_alias_shows_it() -> None:
    """An announced move counts only once the alias points to its version."""
    done = Entry(1, "a", Move(START, None, "1", "promote", "ann"), done=True)
    intent = Entry(2, "b", Move(START, "1", "2", "promote", "bob"), done=False)

    assert ledger.reconcile([done, intent], "1", START) is None
    settled = ledger.reconcile([done, intent], "2", START + timedelta(days=9))
    assert settled is not None
    assert (settled.done, settled.move.by) == (True, "bob")


def test_intents_are_abandoned_in_time() -> None:
    """An intent outlives a slow mover, not a dead one."""
    intent = Entry(1, "a", Move(START, None, "1", "promote"), done=False)

    assert ledger.find_abandoned([intent], START + timedelta(seconds=30)) == []
    assert ledger.find_abandoned([intent], START + timedelta(seconds=61)) == [intent]


def test_json_of_a_move() -> None:
    """Times are UTC with milliseconds and a Z."""
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
    "odd",
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
def test_a_tag_of_another_shape_is_passed_over(odd: dict[str, object]) -> None:
    """Anybody may write tags: one that is not a move's tells nothing, and harms nothing."""
    good = Entry(1, "a", Move(START, None, "1", "promote"), done=True)
    key, value = ledger.to_tag(ALIAS, Entry(1, "b", Move(START, None, "2", "promote"), done=True))
    tags = dict([ledger.to_tag(ALIAS, good), (key, json.dumps({**json.loads(value), **odd}))])

    assert ledger.parse_tags(ALIAS, tags) == [good]
