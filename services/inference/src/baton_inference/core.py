"""Wires the core of the service: the watcher and the live versions. It knows no HTTP."""

from dataclasses import dataclass

from baton_engine.engine import ServingEngine
from baton_inference.lifecycle.cache import VersionCache
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.loader import Loader, OpenEngine
from baton_inference.lifecycle.moves import MoveReader
from baton_inference.lifecycle.poller import Poller
from baton_inference.lifecycle.watcher import Watcher
from baton_inference.lifecycle.watcher_state import WatcherState
from baton_inference.protocols.arrow.reader import ArrowReader
from baton_inference.protocols.catalog import compile_codecs, list_protocols
from baton_inference.protocols.protocol import CodecParts
from baton_inference.settings import InferenceSettings
from baton_inference.telemetry.metrics import Metrics
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import FetchedModel


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
        moves: the history of the alias, for the operations page.
        arrow: the process that reads Arrow and Parquet bodies.
        clock: the clock of all parts.
    """

    live: LiveVersions
    watcher_state: WatcherState
    watcher: Watcher
    poller: Poller
    metrics: Metrics
    registry: RegistryClient
    moves: MoveReader
    arrow: ArrowReader
    clock: Clock

    def close(self) -> None:
        """Stops the poller and closes the connections."""
        self.poller.stop()
        self.registry.close()
        self.arrow.close()


def open_onnx_engine(fetched: FetchedModel) -> ServingEngine:
    """Opens the engine of a version's ONNX file. Raises as `open_engine` does."""
    # ONNX Runtime takes a third of a second to import. This import runs in the poller's thread,
    # while the main thread imports the web framework.
    from baton_engine.onnx.opening import open_engine  # noqa: PLC0415

    return open_engine(fetched)


def create_core(
    settings: InferenceSettings,
    *,
    registry: RegistryClient | None = None,
    open_engine: OpenEngine = open_onnx_engine,
    clock: Clock | None = None,
) -> Core:
    """Wires the core; starts nothing.

    Args:
        settings: the settings of the service.
        registry: replaces the tracking server of the settings.
        open_engine: opens a version's files as an engine.
        clock: replaces the system clocks.
    """
    registry = registry or settings.open_registry()
    clock = clock or Clock()
    live, metrics, arrow = LiveVersions(), Metrics(), ArrowReader(settings.max_body_bytes)
    protocols = list_protocols(has_grpc=settings.grpc_port is not None)
    loader = Loader(
        registry,
        VersionCache(settings.cache_dir),
        open_engine=open_engine,
        compile_codecs=lambda version, schema, outputs: compile_codecs(
            CodecParts(version, schema, outputs, arrow, settings.max_rows), protocols
        ),
        clock=clock,
        trusted=settings.trusted_keys,
    )
    watcher_state = WatcherState(settings.model_name, settings.alias, live, metrics, clock)
    moves = MoveReader(registry, settings.model_name, settings.alias, clock)
    watcher = Watcher(registry, loader, watcher_state, moves, clock)
    poller = Poller(watcher, watcher_state, clock, poll_interval_s=settings.poll_interval_s)
    return Core(live, watcher_state, watcher, poller, metrics, registry, moves, arrow, clock)
