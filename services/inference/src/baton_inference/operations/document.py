"""Builds the JSON document that the operations page shows."""

import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from baton_common.texts import truncate
from baton_common.utc import format_utc
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.model_tags import KnownTags
from baton_inference.lifecycle.status import Status
from baton_inference.operations.commands import Commands
from baton_inference.operations.links import Links, build_links
from baton_inference.operations.monitoring import MonitoringView, describe_monitoring
from baton_inference.operations.rollout import describe_rollout
from baton_inference.operations.rollout_view import RolloutView
from baton_inference.operations.summary import Summary, summarize
from baton_inference.operations.traffic import Traffic, count_traffic
from baton_inference.telemetry.metrics import Metrics
from baton_registry.errors import NothingToRollBackTo
from baton_registry.promotion.ledger import Move
from baton_registry.promotion.rollback_stack import find_rollback_target
from baton_rollout.judgement import SignalJudgement

MAX_MOVES = 50
MAX_TEXT = 500
"""Maximum characters shown of a text in the ledger."""


@dataclass(frozen=True)
class Process:
    """The process that answered; there may be several behind a proxy.

    Attributes:
        id: unique for each start of a process.
        host: the name of its host or container.
        started_at: UTC.
    """

    id: str
    host: str
    started_at: str


@dataclass(frozen=True)
class Rollback:
    """The target version of a rollback, and the command for it."""

    to: str
    command: str


@dataclass(frozen=True)
class Document:
    """All data of the page except the form. Times are UTC.

    Attributes:
        moves: the last moves of the alias, oldest first, as in `baton history --json`.
        moves_read_at: null until the registry has been read.
        rollout: the canary, or the last rollout if it was aborted; else null.
        monitoring: live quality and drift; null if neither was logged.
    """

    now: str
    process: Process
    status: Status
    summary: Summary
    links: Links
    moves: list[dict[str, str | None]]
    moves_read_at: str | None
    rollback: Rollback | None
    rollout: RolloutView | None
    monitoring: MonitoringView | None
    traffic: Traffic


class DocumentBuilder:
    """Builds the current document on each call."""

    def __init__(  # noqa: PLR0913 - its sources, each passed by name
        self,
        *,
        status: Callable[[], Status],
        tags: Callable[[], KnownTags],
        judgements: Callable[[], Sequence[SignalJudgement]],
        metrics: Metrics,
        ui_url: str,
        clock: Clock,
    ) -> None:
        """Wires the builder.

        Args:
            status: returns the current status.
            tags: returns what the tags of the model say, as last read.
            judgements: returns the evidence of this process's pairs.
            metrics: the counters.
            ui_url: the URL of MLflow's pages for browsers.
            clock: the clock.
        """
        self._status = status
        self._tags = tags
        self._judgements = judgements
        self._metrics = metrics
        self._ui_url = ui_url
        self._clock = clock
        started_at = format_utc(clock.posix_s())
        self._process = Process(secrets.token_hex(4), socket.gethostname(), started_at)

    def build(self) -> Document:
        """Builds the document. Call it on the event loop, which updates the counters."""
        status, known = self._status(), self._tags()
        commands = Commands(status.model_name, status.alias)
        return Document(
            now=format_utc(self._clock.posix_s()),
            process=self._process,
            status=status,
            summary=summarize(status, commands),
            links=build_links(self._ui_url, status),
            moves=[_format_move(move) for move in known.moves[-MAX_MOVES:]],
            moves_read_at=known.read_at,
            rollback=_find_rollback(known.moves, status.aspired_version, commands),
            rollout=self._describe_rollout(status, known, commands),
            monitoring=describe_monitoring(known.monitoring),
            traffic=count_traffic(self._metrics),
        )

    def _describe_rollout(
        self, status: Status, known: KnownTags, commands: Commands
    ) -> RolloutView | None:
        serving = status.serving.version if status.serving else None
        now = datetime.fromtimestamp(self._clock.posix_s(), UTC)
        return describe_rollout(
            status.canary, self._judgements(), serving, known.rollout, now, commands
        )


def _format_move(move: Move) -> dict[str, str | None]:
    return {key: value and truncate(value, MAX_TEXT) for key, value in move.to_json().items()}


def _find_rollback(
    moves: tuple[Move, ...], current_number: str | None, commands: Commands
) -> Rollback | None:
    try:
        return Rollback(find_rollback_target(moves, current_number), commands.build_rollback())
    except NothingToRollBackTo:
        return None
