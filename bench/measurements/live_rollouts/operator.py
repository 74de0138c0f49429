"""The person who starts rollouts, interferes with some of them, and waits for their end."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from baton_cli.inference.status_client import StatusClient
from baton_cli.rollouts.control.controller import Controller
from baton_cli.rollouts.control.execution import Executor
from baton_cli.rollouts.control.hand import act
from baton_cli.rollouts.control.session import RolloutSession
from baton_cli.rollouts.control.starting import start_rollout
from baton_cli.rollouts.control.store import RolloutStore
from baton_registry.promotion import alias_moves
from baton_registry.rest.client import RegistryClient
from baton_rollout.limits import Limits
from baton_rollout.progress.actions import Abort, Promote
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from bench.errors import CannotRun
from bench.measurements.live_rollouts.courses import Course
from bench.measurements.live_rollouts.versions import CANARY_ALIAS
from bench.testbed.testbed import ALIAS, MODEL

STEPS = (0.0, 50.0, 100.0)
STEPS_WITHOUT_SHADOW = (50.0, 100.0)
"""A harmful version answers callers until the evidence aborts it."""
STEP_S = 0.4
STEP_BY_HAND_S = 30.0
"""A step that a person ends, however busy the machine is."""
MIN_PAIRS = 200
LIMIT_S = 60.0
POLL_S = 0.3
"""The tracking server shares the processors with everything else."""
ACTOR = "benchmark"


class Operator:
    """Runs one rollout after another. The controller is another process. Synchronous."""

    def __init__(self, registry: RegistryClient, inference_url: str) -> None:
        store = RolloutStore(registry, MODEL, CANARY_ALIAS)
        executor = Executor(store)
        inference = StatusClient((inference_url,))
        self._store = store
        self._inference = inference
        self._session = RolloutSession(executor, Controller(executor, inference))

    def run(self, course: Course, version: str) -> float:
        """Runs a rollout, until inference serves what it should. Returns how long it took.

        Raises:
            CannotRun: the rollout took another course, or too long.
        """
        started_s = time.monotonic()
        before = self._find_production()
        start_rollout(self._session.executor, _build_plan(course, version))
        if course.is_by_hand:
            self._wait(lambda record: record.phase == "progressing" and record.is_entered, version)
            time.sleep(STEP_S)
            act(self._session, lambda _: _choose_action(course))
        record = self._wait(lambda record: not record.is_under_way, version)
        wanted = "promoted" if course.is_promotion else "aborted"
        if record.phase != wanted:
            raise CannotRun(f"version {version} was {record.phase}: {record.message or wanted}")
        if course is Course.ROLLED_BACK:
            self._wait_until_served(version)
            registry = self._store.registry
            alias_moves.rollback(registry, MODEL, alias=ALIAS, by=ACTOR)
        is_kept = course.is_promotion and course is not Course.ROLLED_BACK
        self._wait_until_served(version if is_kept else before)
        return time.monotonic() - started_s

    def _find_production(self) -> str:
        return self._store.registry.resolve_alias(MODEL, ALIAS).version

    def _wait(self, is_reached: Callable[[Record], bool], version: str) -> Record:
        """Waits for a state of the record; also returns a record that has ended."""
        end_s = time.monotonic() + LIMIT_S
        while time.monotonic() < end_s:
            record = self._store.read_record()
            if record is not None and (is_reached(record) or not record.is_under_way):
                return record
            time.sleep(POLL_S)
        raise CannotRun(f"the rollout of version {version} takes over {LIMIT_S:g} s: {record}")

    def _wait_until_served(self, version: str) -> None:
        """Waits until inference serves a version, and no canary beside it."""
        end_s = time.monotonic() + LIMIT_S
        while time.monotonic() < end_s:
            (report,) = self._inference.fetch_reports()
            status = report.status or {}
            serving = status.get("serving") or {}
            if serving.get("version") == version and status.get("canary") is None:
                return
            time.sleep(POLL_S)
        raise CannotRun(f"inference does not serve version {version} alone: {report.status}")


def _choose_action(course: Course) -> Abort | Promote:
    return Abort(f"by {ACTOR}") if course is Course.ABORTED else Promote(ACTOR)


def _build_plan(course: Course, version: str) -> Plan:
    return Plan(
        token=secrets.token_hex(4),
        version=version,
        alias=ALIAS,
        by=ACTOR,
        reason=course.value,
        started_at=datetime.now(UTC),
        limits=Limits(),
        steps=STEPS_WITHOUT_SHADOW if course.is_harmful or course.is_by_hand else STEPS,
        step_for_s=STEP_BY_HAND_S if course.is_by_hand else STEP_S,
        bake_s=STEP_S,
        min_pairs=MIN_PAIRS,
        deadline_s=2 * LIMIT_S,
    )
