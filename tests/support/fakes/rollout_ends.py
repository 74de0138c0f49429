"""How a rollout of the stage in `fleet.py` ends: what the registry then holds."""

from typing import Any

from baton_registry.promotion import alias_moves
from tests.support.fakes.fleet import Stage
from tests.support.fakes.registry import ALIAS, MODEL

PROMOTED: dict[str, Any] = {
    "production": "2",
    "canary": None,
    "verdict": "passed",
    "weight": 0.0,
    "phase": "promoted",
    "past": ["promoted"],
}
ABORTED = {**PROMOTED, "production": "1", "verdict": "aborted", "phase": "aborted"}
ABORTED |= {"past": ["aborted"]}
NOT_STARTED: dict[str, Any] = {
    "production": "1",
    "canary": None,
    "verdict": "",
    "weight": 0.0,
    "phase": None,
    "past": [],
}
GOOD, BAD = 0, 5
"""Failures in 100 pairs."""
ENDS = [(GOOD, PROMOTED), (BAD, ABORTED)]
DELETE_ALIAS = ("DELETE", "registered-models/alias")
"""A request that the registry can refuse or fail."""


def move_production(stage: Stage, version: str, reason: str = "") -> None:
    """Moves the alias of production by a person's command."""
    alias_moves.promote(
        stage.server.client(), MODEL, version, alias=ALIAS, by="bob", reason=reason, force=True
    )
