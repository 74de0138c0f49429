"""The registry's state of a rollout at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton_cli.rollouts.control.store import RolloutStore
from baton_registry.promotion import ledger
from baton_registry.versions.rollout_tags import (
    ROLLOUT_PASSED,
    ROLLOUT_TAG,
    find_abort,
    get_record_tag,
    read_weight,
)
from baton_rollout.progress.facts import Promotion
from baton_rollout.progress.record import Record


@dataclass(frozen=True)
class Snapshot:
    """The registry's state of a rollout at one moment.

    Attributes:
        text: the record as its tag holds it.
        record: the record.
        production: the version of the record's alias; None if it is not set.
        canary: the version of the canary alias; None if it is not set.
        weight: the weight tag of the record's version, in percent.
        abort: why the version's verdict says that it was aborted; None if it does not.
        promotion: whether the rollout itself has moved its alias.
        is_verdict_lost: whether a promotion that crossed the abort has replaced its verdict.
    """

    text: str
    record: Record
    production: str | None
    canary: str | None
    weight: float
    abort: str | None
    promotion: Promotion
    is_verdict_lost: bool = False


def take_snapshot(store: RolloutStore) -> Snapshot | None:
    """Reads the state of the last rollout; None if there was none.

    The record is read first. If the aliases changed after that because another controller went on,
    the record has changed too, and no write follows: see `RolloutStore.check_record`.

    Raises:
        CommandFailed: the record cannot be read.
        RegistryError: the registry did not answer or refused.
    """
    tags = store.registry.get_model_tags(store.model)
    text = tags.get(get_record_tag(store.alias), "")
    if not text:
        return None
    record = store.parse(text)
    version = record.plan.version
    canary, production = store.resolve(store.alias), store.resolve(record.plan.alias)
    is_canary = canary is not None and canary.version == version
    version_tags = canary.tags if canary and is_canary else store.read_version_tags(version)
    number = production.version if production else None
    is_verdict_lost = _is_verdict_lost(version_tags, record)
    abort = record.message if is_verdict_lost else find_abort(version_tags)
    promotion = find_promotion(tags, record, number)
    if abort is not None and promotion == "stands" and not store.has_version(record.against):
        promotion = "irreversible"
    return Snapshot(
        text=text,
        record=record,
        production=number,
        canary=canary.version if canary else None,
        weight=read_weight(version_tags, store.alias),
        abort=abort,
        promotion=promotion,
        is_verdict_lost=is_verdict_lost,
    )


def get_marker(record: Record) -> str:
    """Returns how the reason of the rollout's own move of the alias begins in the ledger."""
    return f"rollout {record.plan.token}"


def find_promotion(tags: Mapping[str, str], record: Record, production: str | None) -> Promotion:
    """Finds in the ledger whether the rollout itself has moved its alias.

    Args:
        tags: the model's tags.
        record: the rollout.
        production: the version that its alias points to.
    """
    version, marker = record.plan.version, get_marker(record)
    entries = ledger.parse_tags(record.plan.alias, tags)
    own = [e for e in entries if e.move.how == "promote" and e.move.reason.startswith(marker)]
    done = [entry for entry in entries if entry.done]
    if production != version:
        return "undone" if any(entry.done for entry in own) else "none"
    if done and done[-1].move.to_version == version:
        return "stands" if done[-1] in own else "none"
    return "stands" if own else "none"  # the alias has moved, and the ledger does not know it yet


def _is_verdict_lost(version_tags: Mapping[str, str], record: Record) -> bool:
    """Whether `passed` has replaced the verdict of the abort: a promotion crossed it.

    The record still says that the rollout was aborted.
    """
    return record.phase == "aborted" and version_tags.get(ROLLOUT_TAG) == ROLLOUT_PASSED
