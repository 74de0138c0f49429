"""A person's hand on a rollout: what `promote`, `rollback` and the verbs of `rollout` do to it."""

from collections.abc import Callable
from contextlib import suppress

from baton_cli.errors import CommandFailed
from baton_cli.rollouts.control.execution import Executor
from baton_cli.rollouts.control.observation import Observation
from baton_cli.rollouts.control.session import RolloutSession
from baton_cli.rollouts.control.snapshot import Snapshot, take_snapshot
from baton_cli.rollouts.control.starting import (
    check_recordable,
    describe_busy,
    find_limits,
)
from baton_cli.rollouts.control.store import Overtaken
from baton_registry.errors import RegistryError
from baton_registry.versions.rollout_tags import (
    ROLLOUT_FORCED,
    ROLLOUT_PASSED,
    ROLLOUT_TAG,
    find_abort,
    format_abort,
    read_weight,
)
from baton_rollout.progress.actions import Abort, Action, CloseAsPromoted
from baton_rollout.progress.record import Record

ATTEMPTS = 5

Choose = Callable[[Observation], Action]


def act(session: RolloutSession, choose: Choose) -> Record:
    """Executes a person's action on the rollout that is under way, and returns its record.

    If a controller changes the record at the same time, the action is chosen again. If the
    controller ends the rollout, perhaps by this very action, its record is returned: the caller
    looks whether it ended as wanted.

    Raises:
        CommandFailed: no rollout is under way.
        RegistryError: the registry did not answer or refused.
    """
    seen = find_under_way(session)
    for _ in range(ATTEMPTS):
        action = choose(seen)
        try:
            return session.executor.execute(seen.prepare(action), action)
        except Overtaken:
            token = seen.record.plan.token
            again = session.controller.observe()
        if again is None or again.record.plan.token != token:
            break
        if not again.record.is_under_way:
            return again.record
        seen = again
    raise CommandFailed("the rollout changes all the time; try again")


def find_under_way(session: RolloutSession) -> Observation:
    """Observes the rollout that is under way.

    Raises:
        CommandFailed: there is none.
        RegistryError: the registry did not answer or refused.
    """
    seen = session.controller.observe()
    if seen is None or not seen.record.is_under_way:
        raise CommandFailed("no rollout is under way; start one: baton rollout start VERSION")
    return seen


def resume(session: RolloutSession, seen: Observation) -> Record:
    """Lets a paused rollout go on: the step begins again.

    Whatever ends the rollout comes first: an abort, or a promotion by hand. If production has
    moved, the rollout begins again against it, within limits of its own.

    Raises:
        CommandFailed: the alias of production is not set, or the record cannot be written.
        Overtaken: another process has changed the record.
        RegistryError: the registry did not answer or refused.
    """
    executor, record = session.executor, seen.record
    if isinstance(seen.action, Abort | CloseAsPromoted):
        return executor.execute(seen.prepare(seen.action), seen.action)
    production, plan = seen.facts.production, record.plan
    if production is None:
        raise CommandFailed(
            f"alias {plan.alias!r} is not set; promote a version, or end the rollout:"
            " baton rollout abort"
        )
    if production == record.against:
        return executor.enter_again(seen.snapshot, record.resume(executor.now()))
    target = executor.store.registry.get_version(executor.store.model, plan.version)
    limits = find_limits(executor.store, target, production, plan)
    restarted = record.restart(executor.now(), production, limits)
    check_recordable(restarted)
    return executor.enter_again(seen.snapshot, restarted)


def find_ongoing(executor: Executor, alias: str) -> Snapshot | None:
    """Finds the rollout against an alias; None if none is under way, or its record is unreadable.

    Raises:
        RegistryError: the registry did not answer or refused.
    """
    try:
        return _read_ongoing(executor, alias)
    except CommandFailed:  # `promote` works whatever is in that tag
        return None


def _read_ongoing(executor: Executor, alias: str) -> Snapshot | None:
    """Like `find_ongoing`, but raises `CommandFailed` if the record is unreadable."""
    snapshot = take_snapshot(executor.store)
    if snapshot is None or not snapshot.record.is_under_way:
        return None
    return snapshot if snapshot.record.plan.alias == alias else None


def check_promotion(snapshot: Snapshot | None, version: str) -> None:
    """Refuses the promotion of another version than the canary's during a rollout.

    Raises:
        CommandFailed: it is another version.
    """
    if snapshot is not None and snapshot.record.plan.version != version:
        raise CommandFailed(
            f"{describe_busy(snapshot.record)}; end it with: baton rollout abort, or promote"
            f" version {version} with --force"
        )


def clear_abort(executor: Executor, version: str) -> None:
    """Lets an earlier abort of a version not count any more, for --force."""
    if _is_aborted(executor, version):
        executor.store.set_verdict(version, ROLLOUT_FORCED)


def close_as_promoted(executor: Executor, snapshot: Snapshot | None, version: str, by: str) -> None:
    """Closes the rollout of a version that a person has promoted.

    The alias has moved, so an error here does not fail the promotion: a controller, or the next
    `start`, closes the record.
    """
    if snapshot is not None and snapshot.record.plan.version == version:
        with suppress(RegistryError, CommandFailed):
            _execute_once(executor, snapshot, CloseAsPromoted(f"by hand ({by})"))


def abort_first(executor: Executor, alias: str, by: str, warn: Callable[[str], None]) -> str | None:
    """Aborts the rollout against an alias, before a rollback. Returns its version, or None.

    If the record changes each time, or cannot be read, only the verdict is written. It is the
    commit: no process routes to that version any more. If the record can be read, a controller
    completes the abort in its next tick.

    Args:
        executor: writes to the registry.
        alias: the alias that the rollback moves.
        by: who moves it.
        warn: reports that the record cannot be read.

    Raises:
        RegistryError: the registry did not answer or refused.
    """
    message = f"by {by}: baton rollback"
    try:
        return _abort_ongoing(executor, alias, message)
    except CommandFailed as error:
        version = _abort_canary(executor, message)
        warn(str(error))
        return version


def _abort_ongoing(executor: Executor, alias: str, message: str) -> str | None:
    """Aborts the rollout that the record names. Raises `CommandFailed` if it is unreadable."""
    snapshot = _read_ongoing(executor, alias)
    if snapshot is None:
        return None
    for _ in range(ATTEMPTS):
        version = snapshot.record.plan.version
        if _execute_once(executor, snapshot, Abort(message)):
            return version
        snapshot = _read_ongoing(executor, alias)
        if snapshot is None:  # it has ended; a controller may have completed this abort
            return version if _is_aborted(executor, version) else None
    version = snapshot.record.plan.version
    executor.store.set_verdict(version, format_abort(message))
    return version


def _abort_canary(executor: Executor, message: str) -> str | None:
    """Sets the verdict on the version of the canary alias, unless its rollout has ended."""
    store = executor.store
    canary = store.resolve(store.alias)
    if canary is None or find_abort(canary.tags) is not None:
        return None
    is_passed = canary.tags.get(ROLLOUT_TAG) == ROLLOUT_PASSED
    if is_passed and read_weight(canary.tags, store.alias) == 0:
        return None  # only the alias was left: some accounts may not delete it
    store.set_verdict(canary.version, format_abort(message))
    return canary.version


def _is_aborted(executor: Executor, version: str) -> bool:
    """Whether a version counts as aborted."""
    return find_abort(executor.store.read_version_tags(version)) is not None


def _execute_once(executor: Executor, snapshot: Snapshot, action: Action) -> bool:
    """Executes an action; returns False if another process has changed the record."""
    try:
        executor.execute(snapshot, action)
    except Overtaken:
        return False
    return True
