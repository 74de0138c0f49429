"""The history of an alias, read without writing, and synced while others move it."""

from collections.abc import Callable

import httpx
import pytest

from baton_registry.promotion import history, ledger
from baton_registry.promotion.ledger import Entry, Move
from baton_registry.rest.client import RegistryClient
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


class Crossing(httpx.BaseTransport):
    """Passes requests on. Another process acts right before the request with the number `at`."""

    def __init__(self, operator: Operator, at: int, act: Callable[[], object]) -> None:
        self._operator = operator
        self._act = act
        self._left = at

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left == 0:
            self._act()
        return self._operator.server.handle_request(request)

    def sync(self) -> list[Move]:
        client = RegistryClient("http://registry", transport=self)
        return history.sync_and_read_moves(client, MODEL, alias=ALIAS, now=self._operator.clock)


@pytest.mark.parametrize("at", [1, 2])
def test_move_at_the_same_time_is_not_external(operator: Operator, at: int) -> None:
    """Alias and ledger are two requests. A promotion, or a rollback, may run between them."""
    operator.promote("1")
    Crossing(operator, at, lambda: operator.promote("2")).sync()
    Crossing(operator, at, operator.rollback).sync()

    moves = ["promote", "promote", "rollback"]
    assert [how for *_, how in operator.list_moves()] == moves


@pytest.mark.parametrize("at", range(1, 6))
def test_external_move_during_a_promotion_is_recorded_in_order(operator: Operator, at: int) -> None:
    """The alias was moved in the MLflow UI. Another promotion begins before that is recorded."""
    operator.promote("1")
    operator.server.aliases[ALIAS] = "2"
    Crossing(operator, at, lambda: operator.promote("3")).sync()

    assert operator.list_moves()[1:] == [("1", "2", "external"), ("2", "3", "promote")]
    assert [operator.rollback(), operator.rollback()] == ["2", "1"]


def test_alias_that_moves_all_the_time_is_not_recorded(operator: Operator) -> None:
    """The answer has the last move; the next command records one."""
    operator.promote("1")

    class Restless(Crossing):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/alias"):
                aliases = operator.server.aliases
                aliases[ALIAS] = "3" if aliases[ALIAS] == "2" else "2"
            return operator.server.handle_request(request)

    moves = Restless(operator, 0, lambda: None).sync()
    assert [move.how for move in moves] == ["promote", "external"]
    assert len(operator.server.tags) == 1
