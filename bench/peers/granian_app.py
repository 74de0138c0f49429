"""The product's application for another server: `granian --factory bench.peers.granian_app:app`.

Wired as `baton_inference.main` does it, but for logging, the end, and the batching of requests that
wait together: it needs to know of arrivals before ASGI does, which uvicorn's protocol tells.
"""

from baton_inference.app import create_app
from baton_inference.core import create_core
from baton_inference.main import tune_garbage_collector
from baton_inference.scoring.workers import Pools
from baton_inference.settings import InferenceSettings
from baton_inference.web.answers.answer import ASGIApp
from baton_registry.settings import load


def app() -> ASGIApp:
    """The application, following the alias that the environment names."""
    settings = load(InferenceSettings)
    core = create_core(settings)
    core.poller.start()
    tune_garbage_collector()
    return create_app(settings, core, Pools())
