"""Wires the HTTP application around a core."""

from importlib.metadata import version

from fastapi import FastAPI

from baton_inference.core import Core
from baton_inference.operations.document import DocumentBuilder
from baton_inference.operations.routes import build_operations_routes
from baton_inference.protocols.catalog import PROTOCOLS
from baton_inference.scoring.arrivals import Arrivals
from baton_inference.scoring.batcher import Batcher
from baton_inference.scoring.scorer import Scorer
from baton_inference.scoring.workers import Pools
from baton_inference.settings import InferenceSettings
from baton_inference.telemetry.request_log import RequestLog
from baton_inference.web.access import Access
from baton_inference.web.body import BodyReader
from baton_inference.web.exposition import Exposition, MetricsCollector
from baton_inference.web.front import Front
from baton_inference.web.key_file import KeyFile
from baton_inference.web.openapi.docs_page import create_framework
from baton_inference.web.openapi.document import LiveDocument
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.routes.direct import DirectScoring
from baton_inference.web.routes.mlflow import build_mlflow_routes
from baton_inference.web.routes.scoring import ScoringRoute
from baton_inference.web.routes.scoring_call import ScoringParts
from baton_inference.web.routes.service import add_routes
from baton_inference.web.routes.v2 import build_v2_routes
from baton_inference.web.routes.webhook import build_webhook_routes
from baton_inference.web.transport.server import Companion
from baton_inference.web.webhook import WebhookReceiver
from baton_registry.rest.transport import strip_credentials


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
    arrivals, request_log = Arrivals(), RequestLog()
    batcher = Batcher(arrivals)
    collector = MetricsCollector(
        core.metrics,
        status=lambda: core.watcher_state.status,
        queue_depth=lambda: batcher.pending + pools.pending,
    )
    other_routes = _create_fastapi_app(
        settings, core, Exposition(collector), needs_key=access is not None
    )
    if settings.webhook_secret is not None:
        receiver = _create_webhook_receiver(settings.webhook_secret.get_secret_value(), core)
        other_routes.include_router(build_webhook_routes(receiver, pools.rows, request_log))
    bodies = BodyReader(settings.max_body_bytes, pools.rows)  # one, for one bound on memory
    scorer = Scorer(batcher, pools.rows)
    parts = ScoringParts(core.live, core.metrics, scorer, pools, bodies, request_log, access)
    routes = {protocol.name: ScoringRoute(protocol.name, parts) for protocol in PROTOCOLS}
    ids = RequestIds()
    direct = DirectScoring(parts, ids, arrivals)
    companions = _create_companions(settings, parts, ids)
    return Front(routes, other_routes, ids, arrivals, access, direct, companions)


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
    """Creates FastAPI with all routes except scoring: for operators, tools and browsers."""
    app = _create_framework(settings)
    add_routes(app, live=core.live, status=lambda: core.watcher_state.status, exposition=exposition)
    app.include_router(build_operations_routes(_create_document_builder(settings, core)))
    app.include_router(build_mlflow_routes(core.live))
    app.include_router(build_v2_routes(core.live))
    # FastAPI's documented way to extend OpenAPI: https://fastapi.tiangolo.com/how-to/extending-openapi/
    app.openapi = LiveDocument(  # type: ignore[method-assign]
        app, core.live, max_rows=settings.max_rows, needs_key=needs_key
    )
    return app


def _create_framework(settings: InferenceSettings) -> FastAPI:
    return create_framework(
        "Baton inference",
        f"Scores rows with the version that the alias `{settings.alias}` of the model "
        f"`{settings.model_name}` points to.",
        version("baton-inference"),
    )


def _create_document_builder(settings: InferenceSettings, core: Core) -> DocumentBuilder:
    return DocumentBuilder(
        status=lambda: core.watcher_state.status,
        moves=lambda: core.moves.known,
        metrics=core.metrics,
        ui_url=strip_credentials(
            settings.tracking_ui_url or settings.tracking_uri
        ),  # hides a password
        clock=core.clock,
    )


def _create_webhook_receiver(secret: str, core: Core) -> WebhookReceiver:
    watcher_state = core.watcher_state
    return WebhookReceiver(
        secret,
        model_name=watcher_state.model_name,
        alias=watcher_state.alias,
        nudge=core.poller.nudge,
        clock=core.clock,
    )
