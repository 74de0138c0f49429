"""Rollbacks."""

import pytest

from baton_registry.errors import AliasNotSet, NothingToRollBackTo
from tests.support.fakes.operator import Operator
from tests.support.fakes.registry import ALIAS, MODEL


def test_each_rollback_goes_back_one_promotion(operator: Operator) -> None:
    """The last one is refused."""
    for version in "123":
        operator.promote(version)

    assert [operator.rollback(), operator.rollback()] == ["2", "1"]
    with pytest.raises(NothingToRollBackTo):
        operator.rollback()
    assert operator.server.aliases[ALIAS] == "1"


def test_rolled_back_versions_are_not_rolled_back_to(operator: Operator) -> None:
    """After 1, 2, rollback to 1, and 3, a rollback goes to 1."""
    operator.promote("1")
    operator.promote("2")
    operator.rollback()
    operator.promote("3")

    assert operator.rollback() == "1"


def test_external_moves_are_recorded(operator: Operator) -> None:
    """A rollback after a move in the MLflow UI goes back to the version before it."""
    operator.promote("1")
    operator.server.aliases[ALIAS] = "2"

    assert operator.list_moves()[-1] == ("1", "2", "external")
    assert operator.rollback() == "1"


def test_rollback_of_an_unset_alias_is_an_error(operator: Operator) -> None:
    """The error differs from the one for a first version, so a misspelled model is noticed."""
    with pytest.raises(AliasNotSet, match=f"alias '{ALIAS}' of model '{MODEL}' is not set"):
        operator.rollback()


def test_rollback_to_a_version_pops_or_pushes(operator: Operator) -> None:
    """A version of the history drops the promotions after it; any other goes on top."""
    for version in "123":
        operator.promote(version)

    assert operator.rollback(to="1") == "1"
    assert operator.rollback(to="4") == "4"
    assert operator.rollback() == "1"


def test_rollback_restores_a_removed_alias(operator: Operator) -> None:
    operator.promote("1")
    operator.promote("2")
    del operator.server.aliases[ALIAS]

    assert operator.rollback() == "2"
    assert operator.rollback() == "1"
