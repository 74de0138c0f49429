"""A rollout in memory: a registry, replicas that follow it, and controllers that may die."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx

from baton_cli.inference.report import Report
from baton_cli.rollouts.control.controller import Controller
from baton_cli.rollouts.control.execution import Executor
from baton_cli.rollouts.control.observation import Observation
from baton_cli.rollouts.control.session import RolloutSession
from baton_cli.rollouts.control.starting import start_rollout
from baton_cli.rollouts.control.store import RolloutStore
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.rollout_tags import get_past_prefix, is_aborted, read_weight
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from tests.support.fakes.registry import ALIAS, MODEL, Clock, FakeMlflow, build_mlmodel

CANARY = "canary"
RECORD = "baton.rollout.canary"
READS = ("GET",)


class Killed(BaseException):
    """The controller was killed."""


class Watched(httpx.BaseTransport):
    """Passes requests on. Runs hooks before and after the write with the number `at`."""

    def __init__(
        self,
        server: FakeMlflow,
        *,
        at: int = 0,
        before: Callable[[], object] = lambda: None,
        after: Callable[[], object] = lambda: None,
    ) -> None:
        self.writes: list[str] = []
        self._server = server
        self._at = at
        self._before = before
        self._after = after

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method in READS:
            return self._server.handle_request(request)
        self.writes.append(f"{request.method} {request.url.path.rpartition('mlflow/')[2]}")
        is_now = len(self.writes) == self._at
        if is_now:
            self._before()
        answer = self._server.handle_request(request)
        if is_now:
            self._after()
        return answer


class Replica:
    """An inference process that follows the registry at once."""

    def __init__(self, name: str, server: FakeMlflow, pairs: int, failures: int) -> None:
        self.name = name
        self._server = server
        self._new = PairCounts(pairs=pairs, failures=failures, compared=pairs - failures)
        self.counts = PairCounts()
        self.answers = 0
        self._pair: tuple[str | None, str] | None = None

    def report(self) -> Report:
        server = self._server
        canary = server.aliases.get(CANARY)
        status: dict[str, Any] = {"model_name": MODEL, "alias": ALIAS, "canary": None}
        status["serving"] = {"version": server.aliases.get(ALIAS)}
        if canary is not None and canary != server.aliases.get(ALIAS):
            status["canary"] = self._build_canary(canary)
        return Report(f"http://{self.name}", status)

    def _build_canary(self, version: str) -> dict[str, Any]:
        tags = self._server.get_version_tags(version)
        if is_aborted(tags):
            return {"version": version, "state": "refused", "reason": "aborted: x", "weight": 0}
        weight = read_weight(tags, CANARY)
        pair = (self._server.aliases.get(ALIAS), version)
        if pair != self._pair:
            self._pair, self.counts = pair, PairCounts()
        self.counts += self._new
        self.answers += 200 if weight else 0
        pairs = {
            "production": pair[0],
            "canary": pair[1],
            "process": self.name,
            "answers": self.answers,
            "counts": _to_json(self.counts),
        }
        state = "canary" if weight else "shadow"
        return {"version": version, "state": state, "weight": weight, "pairs": pairs}


class Stage:
    """Version 1 in production, version 2 to roll out, and replicas.

    Attributes:
        server: the registry.
        clock: advances a second with each reading.
        replicas: the inference processes.
    """

    def __init__(self, *, failures: int = 0, pairs: int = 100, replicas: int = 2) -> None:
        self.server = FakeMlflow()
        for version in "123":
            self.server.add(version, MLmodel=build_mlmodel(("age", "double", True)))
        self.server.aliases[ALIAS] = "1"
        self.clock = Clock()
        self.replicas = [Replica(f"r{n}", self.server, pairs, failures) for n in range(replicas)]

    def fetch_reports(self) -> list[Report]:
        """Fetches the reports, like `StatusClient`."""
        return [replica.report() for replica in self.replicas]

    def executor(self, transport: httpx.BaseTransport | None = None) -> Executor:
        client = RegistryClient("http://registry", transport=transport or self.server)
        return Executor(RolloutStore(client, MODEL, CANARY), now=self.clock)

    def controller(self, transport: httpx.BaseTransport | None = None) -> Controller:
        return Controller(self.executor(transport), self)

    def session(self, controller: Controller) -> RolloutSession:
        return RolloutSession(controller.executor, controller)

    def see(self) -> Observation:
        """Observes as a new process does."""
        seen = self.controller().observe()
        assert seen is not None
        return seen

    def start(self, transport: httpx.BaseTransport | None = None, **changes: Any) -> Record:
        return start_rollout(self.executor(transport), build_wish(**changes))

    def run(self, *controllers: Controller, most: int = 200) -> None:
        """Ticks the controllers in turn until the rollout has ended."""
        for _ in range(most):
            for controller in controllers:
                controller.tick()
            if not self.record.is_under_way:
                return
        raise AssertionError(f"the rollout does not end: {self.record}")

    @property
    def record(self) -> Record:
        return Record.from_text(self.server.tags[RECORD])

    @property
    def is_started(self) -> bool:
        return RECORD in self.server.tags

    @property
    def past(self) -> list[Record]:
        """The rollouts in the history."""
        prefix = get_past_prefix(CANARY)
        texts = [value for key, value in self.server.tags.items() if key.startswith(prefix)]
        return [Record.from_text(text) for text in texts]

    def describe(self) -> dict[str, Any]:
        """Describes the state in the registry, without times and tokens."""
        tags = self.server.get_version_tags("2")
        return {
            "production": self.server.aliases.get(ALIAS),
            "canary": self.server.aliases.get(CANARY),
            "verdict": tags.get("baton.rollout", "").partition(":")[0],
            "weight": read_weight(tags, CANARY),
            "phase": self.record.phase if self.is_started else None,
            "past": [record.phase for record in self.past],
        }


def build_wish(**changes: Any) -> Plan:
    """Builds the plan of a short rollout of version 2, as a user wants it."""
    plan = Plan(
        token=secrets.token_hex(4),
        version="2",
        alias=ALIAS,
        by="ann",
        reason="better",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        limits=Limits(),
        steps=(0.0, 10.0, 100.0),
        step_for_s=5.0,
        bake_s=5.0,
        min_pairs=500,
        deadline_s=3600.0,
    )
    return replace(plan, **changes)


def _to_json(counts: PairCounts) -> dict[str, Any]:
    """Converts counts as JSON does: lists in place of tuples."""
    score = {name: [*histogram] for name, histogram in counts.score.items()}
    return {**counts.to_json(), "score": score, "quality": [*counts.quality]}
