"""Promotions, with crashes and interleaving."""

from typing import Any

import pytest

from baton_registry.errors import AliasNotSet, RegistryUnavailable, VersionNotFound
from baton_registry.promotion import alias_moves as promotion
from baton_registry.promotion import history, ledger
from baton_registry.promotion.ledger import Entry, Move
from tests.support.fakes.operator import Operator
from tests.support.fakes.registry import ALIAS, MODEL


def test_promote_moves_the_alias_and_records_it(operator: Operator) -> None:
    """The history has the versions, the actor and the reason."""
    operator.promote("1", reason="first")

    assert operator.server.aliases == {ALIAS: "1"}
    (move,) = history.sync_and_read_moves(operator.client, MODEL, alias=ALIAS, now=operator.clock)
    assert (move.from_version, move.to_version, move.how) == (None, "1", "promote")
    assert (move.by, move.reason) == ("ann", "first")
    assert len(operator.server.tags) == 1  # the intent is gone


def test_challenger_alias_can_be_promoted(operator: Operator) -> None:
    operator.server.aliases["challenger"] = "3"

    assert operator.promote("challenger") == "3"


def test_missing_challenger_alias_is_an_error(operator: Operator) -> None:
    with pytest.raises(AliasNotSet, match="challenger"):
        operator.promote("challenger")


def test_promoting_the_production_version_adds_no_move(operator: Operator) -> None:
    operator.promote("1")
    operator.promote("1")

    assert operator.list_moves() == [(None, "1", "promote")]


def test_crash_before_the_move_changes_nothing(operator: Operator) -> None:
    """The intent is not a move, and is deleted later."""
    operator.promote("1")
    operator.server.fail_on.add(("POST", "registered-models/alias"))
    with pytest.raises(RegistryUnavailable, match="baton status"):
        operator.promote("2")
    operator.server.fail_on.clear()

    assert operator.list_moves() == [(None, "1", "promote")]
    operator.clock.pass_s(3600)
    operator.list_moves()
    assert len(operator.server.tags) == 1


def test_crash_after_the_move_loses_nothing(operator: Operator) -> None:
    """The actor and the reason are still in the history."""
    operator.promote("1")
    operator.server.fail_on.add(("DELETE", "registered-models/delete-tag"))
    operator.promote("2", reason="spring")
    done = [key for key, value in operator.server.tags.items() if '"done": true' in value]
    del operator.server.tags[max(done)]  # as if the command had crashed before it
    operator.server.fail_on.clear()
    operator.clock.pass_s(7200)

    last = history.sync_and_read_moves(operator.client, MODEL, alias=ALIAS, now=operator.clock)[-1]
    assert (last.to_version, last.how, last.by, last.reason) == ("2", "promote", "ann", "spring")


def test_unknown_version_is_an_error(operator: Operator) -> None:
    """The error names it, and the alias does not move."""
    with pytest.raises(VersionNotFound, match="'77'"):
        operator.promote("77")
    with pytest.raises(VersionNotFound, match="'77'"):
        operator.rollback(to="77")
    assert operator.server.aliases == {}


def test_too_large_version_number_is_not_sent(operator: Operator) -> None:
    """MLflow's column has 32 bits: a larger number makes its database fail."""
    with pytest.raises(VersionNotFound, match="'2147483647'"):
        operator.promote("2147483647")
    requests = len(operator.server.log)
    for version in ("2147483648", "9" * 5000):
        with pytest.raises(VersionNotFound, match=version):
            operator.promote(version)
    assert len(operator.server.log) == requests


@pytest.mark.parametrize("bob_reads", ["before Ann's move", "after Ann's move"])
def test_interleaved_promotions_are_recorded_in_order(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, bob_reads: str
) -> None:
    """Each is recorded once."""
    operator.promote("1")
    mark_done = promotion._mark_done

    def interleave(*arguments: Any) -> None:
        """Bob moves the alias and records it after Ann's move, before she records hers."""
        monkeypatch.setattr(promotion, "_mark_done", mark_done)
        if bob_reads == "after Ann's move":
            operator.promote("3")
        else:
            move = Move(operator.clock(), "1", "3", "promote", "bob")
            key, value = ledger.to_tag(ALIAS, Entry(4, "bob", move, done=True))
            operator.server.tags[key] = value
            operator.server.aliases[ALIAS] = "3"
        mark_done(*arguments)

    monkeypatch.setattr(promotion, "_mark_done", interleave)
    operator.promote("2")

    assert [(to, how) for _, to, how in operator.list_moves()] == [(v, "promote") for v in "123"]
    assert operator.server.aliases[ALIAS] == "3"
    assert len(operator.server.tags) == 3  # no intent is left
