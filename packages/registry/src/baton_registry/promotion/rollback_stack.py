"""Which version a rollback goes back to. Pure: no I/O and no clock."""

from collections.abc import Iterable, Sequence

from baton_registry.errors import NothingToRollBackTo
from baton_registry.promotion.ledger import Move


def build_stack(moves: Iterable[Move]) -> list[str]:
    """Builds the stack of versions for rollbacks, the last one on top.

    Promotions and external moves push a version. A rollback pops down to its target. Removing the
    alias changes nothing, so a rollback after it goes to the version that the alias pointed to.
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


def find_rollback_target(moves: Sequence[Move], current_number: str | None) -> str:
    """Finds the version that a rollback from `current_number` goes to.

    Raises:
        NothingToRollBackTo: there is no earlier version.
    """
    stack = build_stack(moves)
    below = stack if current_number is None else stack[:-1]
    if not below:
        raise NothingToRollBackTo(
            "there is no earlier promoted version; name one: baton rollback --to VERSION"
        )
    return below[-1]
