from datetime import UTC, datetime

import pytest

from baton_cli.moves.alias_move import describe, find_way_back
from baton_registry.promotion.ledger import How, Move

AT = datetime(2026, 1, 1, tzinfo=UTC)


def move(before: str | None, after: str, how: How = "promote") -> Move:
    return Move(AT, before, after, how)


@pytest.mark.parametrize(
    ("done", "text"),
    [
        (move(None, "1"), "m@production is set to version 1"),
        (move("1", "2"), "m@production moved from version 1 to 2"),
        (move("2", "2"), "m@production is on version 2 already"),
    ],
)
def test_describes_a_move(done: Move, text: str) -> None:
    """One line: which alias, from where, to where."""
    assert describe("m", "production", done) == text


@pytest.mark.parametrize(
    ("alias", "done", "has_before", "hint"),
    [
        ("production", move("1", "2"), True, "baton rollback --wait"),
        (
            "staging",
            move("1", "2"),
            True,
            "BATON_ALIAS=staging baton rollback --wait",
        ),
        ("production", move("2", "1", "rollback"), True, "baton promote 2 --wait"),
        ("production", move(None, "1"), False, None),
        ("production", move("2", "2"), False, None),
        ("production", move("2", "2"), True, "baton rollback --wait"),
        ("production", move("2", "2", "rollback"), True, "baton rollback --wait"),
    ],
)
def test_the_way_back_undoes_the_move(
    alias: str, done: Move, *, has_before: bool, hint: str | None
) -> None:
    """A promotion is undone by a rollback, a rollback by a promotion, a first move by neither."""
    text = find_way_back(alias, done, usual_alias="production", has_before=has_before)
    assert text == hint
