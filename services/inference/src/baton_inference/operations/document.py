"""What the operations page shows, as one document."""

import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass

from baton_common.texts import truncate
from baton_common.utc import format_utc
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.moves import KnownMoves
from baton_inference.lifecycle.status import Status
from baton_inference.operations.commands import Commands
from baton_inference.operations.links import Links, links
from baton_inference.operations.traffic import Traffic, traffic
from baton_inference.operations.words import Words, in_words
from baton_inference.telemetry.metrics import Metrics
from baton_registry.errors import NothingToRollBackTo
from baton_registry.promotion.ledger import Move, find_rollback_target

MAX_MOVES = 50
MAX_TEXT = 500
"""Characters shown of what somebody wrote into the ledger."""


@dataclass(frozen=True)
class Process:
    """Which process answered: behind a proxy there may be several.

    Attributes:
        id: no other process, and no other run of this one, has it.
        host: the name of its machine or container.
        started_at: UTC.
    """

    id: str
    host: str
    started_at: str


@dataclass(frozen=True)
class Rollback:
    """What a rollback would do, and the command for it."""

    to: str
    command: str


@dataclass(frozen=True)
class Document:
    """Everything on the page but the form. Times are UTC.

    Attributes:
        moves: the last ones, oldest first; as `baton history --json` shows them.
        moves_read_at: null before the first reading.
    """

    now: str
    process: Process
    status: Status
    words: Words
    links: Links
    moves: list[dict[str, str | None]]
    moves_read_at: str | None
    rollback: Rollback | None
    traffic: Traffic


class Writer:
    """Writes the document anew each time."""

    def __init__(
        self,
        *,
        status: Callable[[], Status],
        moves: Callable[[], KnownMoves],
        metrics: Metrics,
        ui_url: str,
        clock: Clock,
    ) -> None:
        """Wires the writer.

        Args:
            status: what serves, and what should.
            moves: the moves of the alias, as last read.
            metrics: the counters.
            ui_url: where a browser finds MLflow's pages.
            clock: tells the time.
        """
        self._status = status
        self._moves = moves
        self._metrics = metrics
        self._ui_url = ui_url
        self._clock = clock
        started_at = format_utc(clock.posix_s())
        self._process = Process(secrets.token_hex(4), socket.gethostname(), started_at)

    def write(self) -> Document:
        """The document of now. Call it on the event loop, where the counters are written."""
        status, known = self._status(), self._moves()
        commands = Commands(status.model_name, status.alias)
        return Document(
            now=format_utc(self._clock.posix_s()),
            process=self._process,
            status=status,
            words=in_words(status, commands),
            links=links(self._ui_url, status),
            moves=[_shown(move) for move in known.moves[-MAX_MOVES:]],
            moves_read_at=known.read_at,
            rollback=_rollback(known.moves, status.aspired_version, commands),
            traffic=traffic(self._metrics),
        )


def _shown(move: Move) -> dict[str, str | None]:
    return {key: value and truncate(value, MAX_TEXT) for key, value in move.to_json().items()}


def _rollback(moves: tuple[Move, ...], position: str | None, commands: Commands) -> Rollback | None:
    try:
        return Rollback(find_rollback_target(moves, position), commands.rollback())
    except NothingToRollBackTo:
        return None
