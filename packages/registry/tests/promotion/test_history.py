"""The history of an alias, read without writing."""

from baton_registry.promotion import history, ledger
from baton_registry.promotion.ledger import Entry, Move
from tests.support.fakes.operator import Operator
from tests.support.fakes.registry import ALIAS, MODEL


def test_history_is_read_without_writing(operator: Operator) -> None:
    """External moves are included."""
    operator.promote("1")
    operator.server.aliases[ALIAS] = "3"
    seen_at = operator.clock()

    tags = operator.client.get_model_tags(MODEL)
    moves = history.find_moves(tags, alias=ALIAS, current_number="3", seen_at=seen_at)

    listed = [(move.from_version, move.to_version, move.how) for move in moves]
    assert listed == [(None, "1", "promote"), ("1", "3", "external")]
    assert moves[-1].at == seen_at


def test_history_includes_a_move_that_is_not_marked_done(operator: Operator) -> None:
    """Its actor and reason come from the intent."""
    operator.promote("1")
    move = Move(operator.clock(), "1", "2", "promote", "ann", "better")
    operator.server.tags.update([ledger.to_tag(ALIAS, Entry(2, "t", move, done=False))])

    tags = operator.client.get_model_tags(MODEL)
    [_, last] = history.find_moves(tags, alias=ALIAS, current_number="2", seen_at=operator.clock())

    assert (last.by, last.reason) == ("ann", "better")
