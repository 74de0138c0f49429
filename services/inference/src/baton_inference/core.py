"""Wires the core of the service: the watchers and the live versions. It knows no HTTP."""

import secrets
from dataclasses import dataclass, replace
from functools import partial

from baton_engine.engine import Rest, ServingEngine
from baton_inference.canary import CanaryParts, create_canary
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.loading.cache import VersionCache
from baton_inference.lifecycle.loading.load_marks import LoadMarks
from baton_inference.lifecycle.loading.loader import Loader, OpenEngine
from baton_inference.lifecycle.loading.rests import rest_from_loading
from baton_inference.lifecycle.model_tags import ModelTagReader
from baton_inference.lifecycle.poller import Poller
from baton_inference.lifecycle.status import Status
from baton_inference.lifecycle.watcher import Watcher
from baton_inference.lifecycle.watcher_state import WatcherState
from baton_inference.predictions.options import build_options
from baton_inference.predictions.prediction_log import PredictionLog
from baton_inference.protocols.arrow.reader import ArrowReader
from baton_inference.protocols.catalog import compile_codecs, list_protocols
from baton_inference.protocols.protocol import CodecParts
from baton_inference.settings import InferenceSettings
from baton_inference.shadow.shadow import Shadow
from baton_inference.telemetry.metrics import Metrics
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import FetchedModel

STOP_S = 1.5
"""Time that `close` waits for running polls and the shadow. Their threads are daemons."""
FLUSH_S = 2.0
"""Time that `close` waits for the prediction log to write its last rows."""


@dataclass(frozen=True)
class Core:
    """The parts that the application and `main` need.

    Attributes:
        live: the versions that can answer.
        watcher_state: what the watcher knows, and the status.
        watcher: moves the slot to the version that the alias points to, poll by poll.
        poller: the thread that calls the watcher.
        metrics: the counters.
        registry: the client of the tracking server.
        tags: what the tags of the model say, for the operations page and metrics.
        arrow: the process that reads Arrow and Parquet bodies.
        clock: the clock of all parts.
        marks: the versions on trial in this process.
        canary: follows the alias of the canary; None if there is none.
        predictions: writes answered rows to files; None if that is off.
    """

    live: LiveVersions
    watcher_state: WatcherState
    watcher: Watcher
    poller: Poller
    metrics: Metrics
    registry: RegistryClient
    tags: ModelTagReader
    arrow: ArrowReader
    clock: Clock
    marks: LoadMarks
    canary: CanaryParts | None = None
    predictions: PredictionLog | None = None

    def start(self) -> None:
        """Starts the pollers, the shadow and the prediction log."""
        for each in self._threads:
            each.start()

    def nudge(self) -> None:
        """Triggers the next poll of each alias at once. Safe to call from any thread."""
        for poller in self._pollers:
            poller.nudge()

    def read_status(self) -> Status:
        """Returns the status of both roles. Safe to call from any thread."""
        status = self.watcher_state.status
        return replace(status, canary=self.canary.report.build()) if self.canary else status

    def close(self) -> None:
        """Stops all threads within `STOP_S`, or `FLUSH_S`, and closes the connections.

        The marks end first: if a slow shutdown is killed, no version is blamed.
        """
        self.marks.close()
        for each in self._threads:
            each.stop()
        end_s = self.clock.steady_s() + STOP_S
        if self.predictions is not None:
            self.predictions.join(FLUSH_S)
        for each in self._threads:
            each.join(max(end_s - self.clock.steady_s(), 0.0))
        self.registry.close()
        self.arrow.close()

    @property
    def is_busy(self) -> bool:
        """Whether a poll, the shadow or a slow disk still holds a thread, perhaps for ever."""
        return any(each.is_running for each in self._threads)

    @property
    def _threads(self) -> tuple[Poller | Shadow | PredictionLog, ...]:
        shadow = (self.canary.shadow,) if self.canary else ()
        predictions = (self.predictions,) if self.predictions else ()
        return (*self._pollers, *shadow, *predictions)

    @property
    def _pollers(self) -> tuple[Poller, ...]:
        return (self.poller, self.canary.poller) if self.canary else (self.poller,)


def open_onnx_engine(fetched: FetchedModel, rest: Rest) -> ServingEngine:
    """Opens the engine of a version's ONNX file. See `open_engine`."""
    # ONNX Runtime takes a third of a second to import. This import runs in the poller's thread,
    # while the main thread imports the web framework.
    from baton_engine.onnx.opening import open_engine  # noqa: PLC0415

    return open_engine(fetched, rest)


def create_core(
    settings: InferenceSettings,
    *,
    registry: RegistryClient | None = None,
    open_engine: OpenEngine | None = None,
    clock: Clock | None = None,
) -> Core:
    """Wires the core; starts nothing.

    Args:
        settings: the settings of the service.
        registry: replaces the tracking server of the settings.
        open_engine: opens a version's files as an engine, instead of ONNX Runtime.
        clock: replaces the system clocks.
    """
    registry = registry or settings.open_registry()
    clock = clock or Clock()
    live, metrics, arrow = LiveVersions(), Metrics(), ArrowReader(settings.max_body_bytes)
    loader = _create_loader(settings, registry, arrow, live, open_engine=open_engine, clock=clock)
    tags, canary = _create_canary(settings, registry, loader, live, metrics, clock)
    state = WatcherState(settings.model_name, settings.alias, live, metrics, clock)
    on_swap = canary.poller.nudge if canary else lambda: None
    watcher = Watcher(registry, loader, state, tags, clock, on_swap=on_swap)
    options = build_options(settings)
    return Core(
        live=live,
        watcher_state=state,
        watcher=watcher,
        poller=Poller(watcher, clock, poll_interval_s=settings.poll_interval_s),
        metrics=metrics,
        registry=registry,
        tags=tags,
        arrow=arrow,
        clock=clock,
        marks=loader.marks,
        canary=canary,
        predictions=None if options is None else PredictionLog(options, live, clock),
    )


def _create_canary(  # noqa: PLR0913, PLR0917 - the parts of the core, wired in one place
    settings: InferenceSettings,
    registry: RegistryClient,
    loader: Loader,
    live: LiveVersions,
    metrics: Metrics,
    clock: Clock,
) -> tuple[ModelTagReader, CanaryParts | None]:
    """Creates the reader of the model's tags and the parts of the canary, which ask each other."""
    tags = ModelTagReader(
        registry,
        settings.model_name,
        settings.alias,
        clock,
        canary_alias=settings.followed_canary,
        describe_canary=lambda: canary.state.aspired if canary else None,
    )
    canary = create_canary(
        settings,
        registry=registry,
        loader=loader,
        live=live,
        metrics=metrics,
        clock=clock,
        find_record=lambda: tags.known.rollout,
    )
    return tags, canary


def _create_loader(  # noqa: PLR0913 - its parts, wired in one place
    settings: InferenceSettings,
    registry: RegistryClient,
    arrow: ArrowReader,
    live: LiveVersions,
    *,
    open_engine: OpenEngine | None,
    clock: Clock,
) -> Loader:
    """Creates the loader of both roles."""
    rest = partial(rest_from_loading, live)
    protocols = list_protocols(has_grpc=settings.grpc_port is not None)
    cache = VersionCache(settings.cache_dir)
    aliases = [each for each in (settings.alias, settings.followed_canary) if each is not None]
    return Loader(
        registry,
        cache,
        open_engine=open_engine or partial(open_onnx_engine, rest=rest),
        compile_codecs=lambda version, schema, outputs: compile_codecs(
            CodecParts(version, schema, outputs, arrow, settings.max_rows), protocols
        ),
        marks=LoadMarks(cache, settings.model_name, aliases, process=secrets.token_hex(8)),
        clock=clock,
        rest=rest,
        trusted=settings.trusted_keys,
    )
