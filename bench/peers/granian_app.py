"""Baton's application for another server: `granian --factory bench.peers.granian_app:app`.

Wired like `baton_inference.main`, without logging, shutdown and batching of waiting requests:
batching counts arrivals in Baton's own server, before ASGI.
"""

from baton_inference.app import create_app
from baton_inference.core import create_core
from baton_inference.main import tune_garbage_collector
from baton_inference.scoring.workers import Pools
from baton_inference.settings import InferenceSettings
from baton_inference.web.answers.answer import ASGIApp
from baton_registry.settings import load_settings


def app() -> ASGIApp:
    """Creates the application, which follows the alias that the environment names."""
    settings = load_settings(InferenceSettings)
    core = create_core(settings)
    core.poller.start()
    tune_garbage_collector()
    return create_app(settings, core, Pools())
