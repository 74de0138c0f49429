from datetime import UTC, datetime

import pytest

from baton_cli.moves.alias_move import describe_move, find_way_back
from baton_registry.promotion.ledger import How, Move

AT = datetime(2026, 1, 1, tzinfo=UTC)


def move(before: str | None, after: str, how: How = "promote") -> Move:
    return Move(AT, before, after, how)


@pytest.mark.parametrize(
    ("done", "text"),
    [
        (move(None, "1"), "m@production now points to version 1"),
        (move("1", "2"), "m@production moved from version 1 to 2"),
        (move("2", "2"), "m@production already points to version 2"),
    ],
)
def test_move_is_described_in_one_line(done: Move, text: str) -> None:
    """The line has the alias and both versions."""
    assert describe_move("m", "production", done) == text


@pytest.mark.parametrize(
    ("alias", "done", "can_roll_back", "hint"),
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
def test_way_back_undoes_the_move(
    alias: str, done: Move, *, can_roll_back: bool, hint: str | None
) -> None:
    """A rollback undoes a promotion, a promotion undoes a rollback, nothing undoes a first move."""
    text = find_way_back(alias, done, default_alias="production", can_roll_back=can_roll_back)
    assert text == hint
