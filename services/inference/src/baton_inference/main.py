"""Runs the process: settings, logging, the socket, the core, the server and the shutdown."""

import gc
import logging
import os
import sys
from pathlib import Path

import structlog

from baton_common.settings import SettingsError
from baton_inference.core import Core, create_core
from baton_inference.scoring.workers import Pools
from baton_inference.settings import InferenceSettings
from baton_inference.telemetry import logs
from baton_inference.web.access.key_file import KeyFile
from baton_inference.web.tracing import Tracing, open_tracing
from baton_inference.web.transport.listening import check_grpc, open_listener
from baton_inference.web.transport.server import serve
from baton_inference.web.transport.stop_signals import StopSignals
from baton_registry.errors import RegistryMisconfigured
from baton_registry.settings import load_settings

GARBAGE_THRESHOLD = 20_000
"""New objects before a collection; Python's default is 700."""

log = structlog.get_logger("baton.main")


def main() -> int:
    """Serves until SIGTERM or SIGINT; returns the exit code.

    An invalid setting or a taken port prints one line on standard error and returns 1.
    """
    stop = StopSignals()
    stop.install()
    try:
        settings = load_settings(InferenceSettings)
        keys = _open_keys(settings.api_keys_file)
        registry = settings.open_registry()
        tracing = open_tracing(settings)
        listener = open_listener(settings.host, settings.port, "BATON_PORT")
        if settings.grpc_port is not None:
            check_grpc(settings.host, settings.grpc_port)
    except (SettingsError, RegistryMisconfigured) as error:
        return _report_failure(str(error))
    logs.configure(settings.log_format)
    core, pools = create_core(settings, registry=registry), Pools()
    try:
        core.start()
        if keys is not None:
            keys.start()
        with stop.defer():
            # The web framework takes half a second to import, while the watcher loads the model.
            from baton_inference.app import create_app  # noqa: PLC0415

            tune_garbage_collector()
            log.info("listening", host=settings.host, port=listener.getsockname()[1])
            app = create_app(settings, core, pools, keys)
        if tracing is not None:  # it must see every scoring request
            serve(tracing.wrap(app), listener, app.arrivals, companions=app.companions)
        else:
            serve(app, listener, app.arrivals, app.direct, app.companions)
    finally:
        stop.ignore()  # a second signal must not end the shutdown halfway
        _close(core, pools, keys, tracing)
    return 0


def _open_keys(path: Path | None) -> KeyFile | None:
    if path is None:
        return None
    try:
        return KeyFile(path)
    except ValueError as error:
        raise SettingsError(f"BATON_API_KEYS_FILE={path}: {error}; run `baton keys api`") from error


def tune_garbage_collector() -> None:
    """Makes garbage collections rare, because the scoring path creates no cyclic garbage.

    Objects from the start are frozen, so that no collection scans them again. The figures are in
    docs/decisions/020-garbage.md.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


def _report_failure(reason: str) -> int:
    sys.stderr.write(f"baton: {reason}\n")
    return 1


def _close(core: Core, pools: Pools, keys: KeyFile | None, tracing: Tracing | None) -> None:
    core.close()
    pools.close()
    if keys is not None:
        keys.stop()
    if tracing is not None:
        tracing.close()
    log.info("stopped", unanswered=pools.pending)
    if pools.is_busy or core.is_busy:
        # A model that is still scoring would delay the exit.
        logging.shutdown()
        os._exit(0)
