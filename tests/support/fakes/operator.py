"""A person who promotes and rolls back against an in-memory registry."""

from baton_registry.promotion import alias_moves, history
from baton_registry.versions.signing import TrustedKey
from tests.support.fakes.registry import ALIAS, MODEL, Clock, FakeMlflow, build_mlmodel

AGE = ("age", "double", True)
CITY = ("city", "string", False)


class Operator:
    """Ann, with a registry of four versions and a clock of her own."""

    trusted: tuple[TrustedKey, ...] = ()

    def __init__(self) -> None:
        self.server = FakeMlflow()
        self.clock = Clock()
        self.client = self.server.client()
        for version in "1234":
            self.server.add(version, MLmodel=build_mlmodel(AGE, CITY))

    def promote(self, version: str, *, force: bool = False, reason: str = "") -> str | None:
        """Promotes a version and returns where the alias points."""
        move = alias_moves.promote(
            self.client,
            MODEL,
            version,
            alias=ALIAS,
            by="ann",
            reason=reason,
            force=force,
            trusted=self.trusted,
            now=self.clock,
        )
        return move.to_version

    def rollback(self, to: str | None = None) -> str | None:
        """Rolls back and returns where the alias points."""
        move = alias_moves.rollback(
            self.client, MODEL, alias=ALIAS, by="ann", to=to, now=self.clock
        )
        return move.to_version

    def list_moves(self) -> list[tuple[str | None, str | None, str]]:
        """Lists all moves: from, to, how."""
        moves = history.sync_and_read_moves(self.client, MODEL, alias=ALIAS, now=self.clock)
        return [(move.from_version, move.to_version, move.how) for move in moves]
