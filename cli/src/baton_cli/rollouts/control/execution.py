"""Executes an action in the registry. A crash between two writes loses nothing.

Each action has one commit, and the writes before it do no harm. A tick that finds an action half
done gets the same action from `decide`, and every write can be repeated.

| action | writes; the commit in capitals |
|---|---|
| begin | weight 0, ALIAS, record |
| next | RECORD (step, not entered), weight, record (entered) |
| pause | RECORD |
| promote | record (promoting), LEDGER AND ALIAS of production; then as close |
| close | verdict `passed`, weight 0, history, canary alias deleted, RECORD |
| abort | VERDICT `aborted`, production moved back if the rollout had moved it, then as close |

Deleting the alias needs more rights than the rest, so it comes last, and a refusal is no error.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from baton_cli.rollouts.control.snapshot import Snapshot, get_marker
from baton_cli.rollouts.control.store import Overtaken, RolloutStore
from baton_registry.errors import PromotionRefused, VersionNotFound
from baton_registry.promotion import alias_moves
from baton_registry.promotion.history import Clock, get_utc_now
from baton_registry.promotion.ledger import Move
from baton_registry.versions.rollout_tags import ROLLOUT_PASSED, find_abort, format_abort
from baton_registry.versions.signing import TrustedKey
from baton_rollout.progress.actions import (
    Abort,
    Action,
    Begin,
    CloseAsPromoted,
    Enter,
    Next,
    Pause,
    Promote,
)
from baton_rollout.progress.record import Record


@dataclass(frozen=True)
class Executor:
    """Executes actions.

    Attributes:
        store: the state in the registry.
        trusted: the trusted keys, one of which must have signed a promoted version; empty: any.
        now: the clock.
    """

    store: RolloutStore
    trusted: Sequence[TrustedKey] = ()
    now: Clock = get_utc_now

    def execute(self, snapshot: Snapshot, action: Action) -> Record:
        """Executes an action, and returns the record after it.

        Raises:
            Overtaken: the record, or production before a promotion, has changed since the
                snapshot; nothing, or only a part that the next tick completes, was written.
            RegistryError: the registry did not answer or refused; same.
        """
        self.store.check_record(snapshot.text)
        text, record = snapshot.text, snapshot.record
        match action:
            case Begin():
                record = self._begin(text, record)
            case Enter():
                record = self._enter(text, record)
            case Next(step):
                record = self._move_to(text, record.move_to(step, self.now()))
            case Pause(message):
                record = self._write(text, record.pause(message))
            case Promote(by):
                record = self._promote(text, record, by or record.plan.by)
            case CloseAsPromoted(message):
                record = self._close_as_promoted(text, record, message)
            case Abort(message, is_promoted):
                record = self._abort(snapshot, message, is_promoted=is_promoted)
        return record

    def enter_again(self, snapshot: Snapshot, record: Record) -> Record:
        """Writes a resumed record, and sets the weight of its step."""
        return self._move_to(snapshot.text, record)

    def _begin(self, text: str, record: Record) -> Record:
        self.store.set_weight(record.plan.version, 0)
        self.store.set_canary(record.plan.version)
        return self._write(text, record.begin(self.now()))

    def _move_to(self, text: str, record: Record) -> Record:
        return self._enter(self.store.replace_record(text, record), record)

    def _enter(self, text: str, record: Record) -> Record:
        self.store.set_weight(record.plan.version, record.weight)
        return self._write(text, record.enter(self.now()))

    def _promote(self, text: str, record: Record, by: str) -> Record:
        plan, store = record.plan, self.store
        promoting = record.promote()
        self._check_production(record)  # without a controller, nothing would end `promoting`
        text = store.replace_record(text, promoting)
        self._check_verdict(record)  # --force does not skip an abort of this rollout
        self._check_production(record)
        try:
            alias_moves.promote(
                store.registry,
                store.model,
                plan.version,
                alias=plan.alias,
                by=by,
                reason=": ".join(filter(None, (get_marker(record), plan.reason))),
                force=plan.is_forced,
                trusted=self.trusted,
                now=self.now,
            )
        except (PromotionRefused, VersionNotFound) as error:
            return self._write(text, promoting.pause(str(error)))
        return self._close_as_promoted(text, promoting, "")

    def _close_as_promoted(self, text: str, record: Record, message: str) -> Record:
        self._check_verdict(record)
        self.store.set_verdict(record.plan.version, ROLLOUT_PASSED)
        return self._close(text, record, "promoted", message)

    def _abort(self, snapshot: Snapshot, message: str, *, is_promoted: bool) -> Record:
        plan, store = snapshot.record.plan, self.store
        store.set_verdict(plan.version, format_abort(message))
        if is_promoted:
            self._undo_promotion(snapshot.record, message)
        return self._close(snapshot.text, snapshot.record, "aborted", message)

    def _undo_promotion(self, record: Record, message: str) -> None:
        """Moves production back, unless it has moved on: then there is nothing to undo."""
        plan, store = record.plan, self.store
        reason = f"{get_marker(record)} was aborted: {message}"
        move = Move(self.now(), plan.version, record.against, "rollback", plan.by, reason)
        with suppress(PromotionRefused):
            alias_moves.execute_rollback(
                store.registry, store.model, plan.alias, move, now=self.now
            )

    def _close(
        self, text: str, record: Record, phase: Literal["promoted", "aborted"], message: str
    ) -> Record:
        ended, store = record.end(phase, message, self.now()), self.store
        store.set_weight(record.plan.version, 0)
        store.add_past(ended)
        store.remove_canary(record.plan.version)
        return self._write(text, ended)

    def _check_verdict(self, record: Record) -> None:
        """Raises `Overtaken` if the version was aborted since the snapshot. An abort wins."""
        if find_abort(self.store.read_version_tags(record.plan.version)) is not None:
            raise Overtaken

    def _check_production(self, record: Record) -> None:
        """Raises `Overtaken` if production was moved to a third version since the snapshot."""
        production = self.store.resolve(record.plan.alias)
        if production is None or production.version not in (record.against, record.plan.version):
            raise Overtaken

    def _write(self, text: str, record: Record) -> Record:
        self.store.replace_record(text, record)
        return record
