"""The HTTP application around a core."""

from importlib.metadata import version

from fastapi_offline import FastAPIOffline

from baton_inference.body import BodyReader
from baton_inference.codecs import predict
from baton_inference.core import Core
from baton_inference.exposition import Exposition, MetricsCollector
from baton_inference.middleware import Front, RequestIds
from baton_inference.openapi import LiveDocument
from baton_inference.routes import add_routes
from baton_inference.scoring import ScoringRoute
from baton_inference.settings import InferenceSettings
from baton_inference.workers import Workers


def create_app(settings: InferenceSettings, core: Core, workers: Workers) -> Front:
    """Wires the application; whoever made `core` and `workers` ends them.

    Args:
        settings: what the service is told.
        core: what serves.
        workers: the threads for large requests.
    """
    rest = FastAPIOffline(  # FastAPI whose /docs asks no other host for its script
        title="Baton inference",
        description=f"Scores rows with what the alias `{settings.alias}` of the model "
        f"`{settings.model_name}` points to.",
        version=version("baton-inference"),
        redoc_url=None,
        redirect_slashes=False,
    )
    collector = MetricsCollector(
        core.metrics,
        status=lambda: core.record.status,
        queue_depth=lambda: workers.pending,
    )
    add_routes(
        rest,
        slot=core.slot,
        status=lambda: core.record.status,
        exposition=Exposition(collector),
    )
    # FastAPI's own way to extend the document: https://fastapi.tiangolo.com/how-to/extending-openapi/
    rest.openapi = LiveDocument(rest, core.slot, max_rows=settings.max_rows)  # type: ignore[method-assign]
    scoring = ScoringRoute(
        predict.PROTOCOL,
        core.slot,
        core.metrics,
        workers,
        BodyReader(settings.max_body_bytes, workers),
    )
    return Front({"/predict": scoring}, rest, RequestIds())
