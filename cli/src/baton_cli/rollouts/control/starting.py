"""Starts a rollout: checks, limits, plan, and the first writes."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from baton_cli.errors import CommandFailed
from baton_cli.rollouts.control.execution import Executor
from baton_cli.rollouts.control.observation import decide_by_registry
from baton_cli.rollouts.control.snapshot import take_snapshot
from baton_cli.rollouts.control.store import Overtaken, RolloutStore
from baton_registry.errors import AliasNotSet, RegistryError, RegistryUnavailable
from baton_registry.promotion import guard
from baton_registry.promotion.alias_moves import CHALLENGER
from baton_registry.rest.fetch import fetch_manifest
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import VALUE
from baton_registry.versions.rollout_tags import (
    ROLLOUT_FORCED,
    ROLLOUT_PASSED,
    ROLLOUT_TAG,
    find_abort,
)
from baton_rollout.gate_figures import has_compared, read_score_scales
from baton_rollout.limits import Limits
from baton_rollout.progress.actions import Abort, Begin, CloseAsPromoted
from baton_rollout.progress.fields import MAX_TEXT
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record


def start_rollout(executor: Executor, wish: Plan) -> Record:
    """Starts a rollout: writes the record, sets weight 0, then the canary alias.

    Args:
        executor: writes to the registry.
        wish: the plan as the user wants it. Its version may be `challenger`, and its limits say
            only whether a change is expected.

    Returns:
        The record of the rollout, in its first step.

    Raises:
        CommandFailed: a rollout is under way, or there is nothing to roll out.
        PromotionRefused: a check failed.
        RegistryError: the registry did not answer or refused. If the record was written, a
            controller completes the start.
    """
    store = executor.store
    known_text = _check_idle(executor)
    target, production = _find_versions(store, wish)
    if not wish.is_forced:
        guard.check_promotion(store.registry, target, production, executor.trusted)
        _check_canary(store, target, production)
    elif find_abort(target.tags) is not None:
        store.set_verdict(target.version, ROLLOUT_FORCED)
    limits = find_limits(store, target, production.version, wish)
    plan = replace(wish, version=target.version, limits=limits, started_at=executor.now())
    record = Record.create(plan, production.version)
    check_recordable(record)
    store.replace_record(known_text, record)
    return _begin(executor, record)


def describe_busy(record: Record) -> str:
    """Describes a rollout that is under way, in one line."""
    state = f"paused ({record.message})" if record.phase == "paused" else record.phase
    return f"a rollout of version {record.plan.version} is under way: {state}"


def _check_idle(executor: Executor) -> str:
    """Checks that no rollout is under way. Returns the tag with the last record.

    A rollout that has ended in fact, but whose record is not closed, is closed first.
    """
    snapshot = take_snapshot(executor.store)
    if snapshot is None:
        return ""
    if not snapshot.record.is_under_way:
        return snapshot.text
    action = decide_by_registry(snapshot, executor.now())
    if not isinstance(action, Abort | CloseAsPromoted):
        raise CommandFailed(f"{describe_busy(snapshot.record)}; end it with: baton rollout abort")
    return executor.execute(snapshot, action).to_text()


def _begin(executor: Executor, record: Record) -> Record:
    """Sets the canary alias, unless a controller has done so already."""
    while True:
        snapshot = take_snapshot(executor.store)
        if snapshot is None or snapshot.record.plan.token != record.plan.token:
            raise Overtaken
        if snapshot.record.phase != "starting":
            return snapshot.record
        try:
            return executor.execute(snapshot, Begin())
        except Overtaken:
            continue


def _find_versions(store: RolloutStore, wish: Plan) -> tuple[ModelVersion, ModelVersion]:
    """Returns the version to roll out, and the one that it is compared with."""
    target = (
        store.registry.resolve_alias(store.model, CHALLENGER)
        if wish.version == CHALLENGER
        else store.registry.get_version(store.model, wish.version)
    )
    production = store.resolve(wish.alias)
    if production is None:
        raise AliasNotSet.for_alias(store.model, wish.alias)
    if production.version == target.version:
        raise CommandFailed(
            f"alias {wish.alias!r} already points to version {target.version};"
            " there is nothing to roll out"
        )
    return target, production


def _check_canary(store: RolloutStore, target: ModelVersion, production: ModelVersion) -> None:
    """Refuses to take the canary alias from a version that is compared by hand."""
    canary = store.resolve(store.alias)
    if canary is None or canary.version in (target.version, production.version):
        return
    is_done = canary.tags.get(ROLLOUT_TAG) == ROLLOUT_PASSED or find_abort(canary.tags) is not None
    if not is_done:
        raise CommandFailed(
            f"alias {store.alias!r} points to version {canary.version}, without a rollout;"
            " delete the alias in MLflow, or start with --force"
        )


def find_limits(
    store: RolloutStore, target: ModelVersion, production_number: str, plan: Plan
) -> Limits:
    """Finds the limits around what the gate saw; the defaults if the version has no figures.

    Raises:
        RegistryUnavailable: the registry gave no answer.
    """
    return Limits.from_gate_figures(
        _read_gate_figures(store, target),
        production_number,
        expects_change=plan.limits.expects_change,
    )


def find_scale(store: RolloutStore, record: Record) -> float | None:
    """Finds the scale of a regression's value, as the gate recorded it; None if it did not.

    Raises:
        RegistryError: the registry did not answer or refused.
    """
    target = store.registry.get_version(store.model, record.plan.version)
    figures = _read_gate_figures(store, target)
    return read_score_scales(figures).get(VALUE) if has_compared(figures, record.against) else None


def check_recordable(record: Record) -> None:
    """Checks that the record can be written and read, also with the longest message.

    Raises:
        CommandFailed: it cannot.
    """
    try:
        for each in (record, record.pause('"' * MAX_TEXT)):
            Record.from_text(each.to_text().encode().decode())
    except ValueError as error:
        raise CommandFailed(f"the rollout cannot be recorded: {error}") from error


def _read_gate_figures(store: RolloutStore, target: ModelVersion) -> Mapping[str, float | None]:
    """Reads the gate's figures; none if the version has no readable manifest."""
    try:
        with tempfile.TemporaryDirectory(prefix="baton-") as folder:
            return fetch_manifest(store.registry, target, Path(folder)).gate_figures
    except RegistryUnavailable:
        raise
    except RegistryError:
        return {}
