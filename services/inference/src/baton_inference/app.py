"""Wires the HTTP application around a core."""

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI

from baton_common.locations import strip_credentials
from baton_inference.canary import CanaryParts
from baton_inference.core import Core
from baton_inference.feedback.label_folder import LabelFolder
from baton_inference.feedback.label_store import LabelStore
from baton_inference.feedback.receiver import FeedbackReceiver
from baton_inference.lifecycle.trips.trip import NO_THREADS
from baton_inference.operations.document import DocumentBuilder
from baton_inference.operations.routes import build_operations_routes
from baton_inference.protocols.catalog import PROTOCOLS
from baton_inference.scoring.arrivals import Arrivals
from baton_inference.scoring.batcher import Batcher
from baton_inference.scoring.scorer import Scorer
from baton_inference.scoring.workers import Pools
from baton_inference.settings import InferenceSettings
from baton_inference.telemetry.request_log import RequestLog
from baton_inference.web.access.access import Access
from baton_inference.web.access.key_file import KeyFile
from baton_inference.web.body import BodyReader
from baton_inference.web.front import Front
from baton_inference.web.metrics.exposition import Exposition, MetricsCollector
from baton_inference.web.metrics.feedback import FeedbackCollector
from baton_inference.web.metrics.pairs import PairCollector
from baton_inference.web.metrics.predictions import PredictionCollector
from baton_inference.web.openapi.docs_page import create_framework
from baton_inference.web.openapi.document import LiveDocument
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.routes.direct import DirectScoring
from baton_inference.web.routes.feedback import build_feedback_routes
from baton_inference.web.routes.mlflow import build_mlflow_routes
from baton_inference.web.routes.scoring import ScoringRoute
from baton_inference.web.routes.scoring_parts import ScoringParts
from baton_inference.web.routes.service import add_routes
from baton_inference.web.routes.v2 import build_v2_routes
from baton_inference.web.routes.webhook import build_webhook_routes
from baton_inference.web.transport.server import Companion
from baton_inference.web.webhook import Followed, WebhookReceiver
from baton_registry.versions.rollout_tags import ROLLOUT_TAG, get_weight_tag
from baton_rollout.judgement import SignalJudgement


def create_app(
    settings: InferenceSettings, core: Core, pools: Pools, keys: KeyFile | None = None
) -> Front:
    """Wires the application; the caller closes `core`, `pools` and `keys`.

    Args:
        settings: the settings of the service.
        core: the live versions and their watcher.
        pools: the threads for large requests.
        keys: the valid API keys; None without authentication.
    """
    access = Access(lambda: keys.ring) if keys is not None else None
    arrivals, request_log, ids = Arrivals(), RequestLog(), RequestIds()
    batcher = Batcher(arrivals)
    parts = ScoringParts(
        live=core.live,
        metrics=core.metrics,
        scorer=Scorer(batcher, pools.rows),
        pools=pools,
        bodies=BodyReader(settings.max_body_bytes, pools.rows),  # one, for one bound on memory
        log=request_log,
        alias=settings.alias,
        access=access,
        observer=core.canary.shadow.queue if core.canary else None,
        predictions=core.predictions.queue if core.predictions else None,
    )
    if core.canary is not None:
        pools.canary.switch = core.canary.switch
    return Front(
        routes={each.name: ScoringRoute(each.name, parts) for each in PROTOCOLS},
        other_routes=_create_other_routes(settings, core, parts, batcher),
        ids=ids,
        arrivals=arrivals,
        access=access,
        direct=DirectScoring(parts, ids, arrivals),
        companions=_create_companions(settings, parts, ids),
    )


def _create_other_routes(
    settings: InferenceSettings, core: Core, parts: ScoringParts, batcher: Batcher
) -> FastAPI:
    """Creates FastAPI with all routes except scoring."""
    pools, log = parts.pools, parts.log
    collector = MetricsCollector(
        core.metrics,
        status=core.read_status,
        canary=lambda: core.live.canary,
        queue_depth=lambda: batcher.pending + pools.pending,
        rollout=lambda: core.tags.known.rollout,
    )
    feedback = _create_feedback(settings, core, pools)
    exposition = _create_exposition(core, collector, feedback)
    app = _create_fastapi_app(settings, core, exposition, needs_key=parts.access is not None)
    if feedback is not None:
        app.include_router(build_feedback_routes(feedback, pools.rows, log))
    if settings.webhook_secret is not None:
        receiver = _create_webhook_receiver(settings.webhook_secret.get_secret_value(), core)
        app.include_router(build_webhook_routes(receiver, pools.rows, log))
    return app


def _create_feedback(
    settings: InferenceSettings, core: Core, pools: Pools
) -> FeedbackReceiver | None:
    """Creates the receiver of labels if there is a prediction log."""
    if settings.predictions_dir is None:
        return None
    folder = LabelFolder(
        settings.predictions_dir,
        settings.model_name,
        max_bytes=settings.predictions_max_bytes,
        clock=core.clock,
    )
    store = LabelStore(folder.store, pools.labels)
    return FeedbackReceiver(core.live, store, pools.rows, core.clock)


def _create_companions(
    settings: InferenceSettings, parts: ScoringParts, ids: RequestIds
) -> list[Companion]:
    """Creates the gRPC server if it is on. Else its library is not even imported."""
    if settings.grpc_port is None:
        return []
    from baton_inference.web.grpc.server import GrpcServer  # noqa: PLC0415 - as above

    return [GrpcServer(settings.host, settings.grpc_port, parts, ids)]


def _create_fastapi_app(
    settings: InferenceSettings, core: Core, exposition: Exposition, *, needs_key: bool
) -> FastAPI:
    """Creates FastAPI with the routes for operators, tools and browsers."""
    app = _create_framework(settings)
    add_routes(app, live=core.live, status=core.read_status, exposition=exposition)
    app.include_router(build_operations_routes(_create_document_builder(settings, core)))
    app.include_router(build_mlflow_routes(core.live))
    app.include_router(build_v2_routes(core.live))
    # FastAPI's documented way to extend OpenAPI: https://fastapi.tiangolo.com/how-to/extending-openapi/
    app.openapi = LiveDocument(  # type: ignore[method-assign]
        app, core.live, max_rows=settings.max_rows, needs_key=needs_key
    )
    return app


def _create_exposition(
    core: Core, collector: MetricsCollector, feedback: FeedbackReceiver | None
) -> Exposition:
    """Wires the metrics; those of pairs, predictions and labels only if there can be any."""
    pairs = (_create_pair_collector(core, core.canary),) if core.canary else ()
    predictions = (PredictionCollector(core.predictions),) if core.predictions else ()
    labels = (FeedbackCollector(feedback),) if feedback else ()
    return Exposition(collector, *pairs, *predictions, *labels)


def _create_pair_collector(core: Core, canary: CanaryParts) -> PairCollector:
    def find_trip_signal() -> str | None:
        production, version = core.live.production, core.live.canary
        if production is None or version is None:
            return None
        if canary.switch.closed:
            return NO_THREADS
        trip = canary.switch.find_trip(version.identity, production.identity)
        return None if trip is None else trip.signal

    return PairCollector(canary.shadow, find_trip_signal)


def _create_framework(settings: InferenceSettings) -> FastAPI:
    return create_framework(
        "Baton inference",
        f"Scores rows with the version that the alias `{settings.alias}` of the model "
        f"`{settings.model_name}` points to.",
        version("baton-inference"),
    )


def _create_document_builder(settings: InferenceSettings, core: Core) -> DocumentBuilder:
    return DocumentBuilder(
        status=core.read_status,
        tags=lambda: core.tags.known,
        judgements=partial(_read_judgements, core),
        metrics=core.metrics,
        ui_url=strip_credentials(
            settings.tracking_ui_url or settings.tracking_uri
        ),  # hides a password
        clock=core.clock,
    )


def _read_judgements(core: Core) -> Sequence[SignalJudgement]:
    """Returns the evidence of the pairs of this process."""
    status = core.canary.shadow.status if core.canary else None
    return status.judgements if status else ()


def _create_webhook_receiver(secret: str, core: Core) -> WebhookReceiver:
    state = core.watcher_state
    followed = Followed(state.model_name, frozenset({state.alias}))
    if core.canary is not None:
        canary = core.canary.state.alias
        followed = Followed(
            state.model_name,
            frozenset({state.alias, canary}),
            frozenset({get_weight_tag(canary), ROLLOUT_TAG}),
        )
    return WebhookReceiver(secret, followed=followed, nudge=core.nudge, clock=core.clock)
