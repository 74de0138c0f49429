"""Traces of scoring requests and of what is asked of the registry, by OpenTelemetry.

All of it is the standard instrumentation, which reads the standard variables by itself; here it is
turned on, or not even imported: its packages are the extra `otel`. Only scoring is traced: health
checks, scrapes and the operations page would fill a store of traces with what nobody looks up.
"""

import threading
from importlib.metadata import version
from typing import Any

from baton_common.settings import SettingsError
from baton_inference.protocols.catalog import find_path
from baton_inference.settings import InferenceSettings
from baton_inference.web.answers.answer import WRITE, ASGIApp, Receive, Scope, Send

SERVICE_NAME = "baton-inference"
"""Where OTEL_SERVICE_NAME says no other."""
RESPONSE_HEADERS = ("x-model-name", "x-model-version", "x-request-id")
"""Become attributes of a request's span, beside those that the environment names."""
LAST_SPANS_S = 1.0
"""How long the last spans may take to be sent at the end: a collector that is away must not hold
up the process, which has ten seconds in all."""


class Tracing:
    """The instrumentation of this process."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application, with a span around each scoring request."""
        from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware  # noqa: PLC0415
        from opentelemetry.util.http import (  # noqa: PLC0415
            OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_RESPONSE as CAPTURED,
        )
        from opentelemetry.util.http import get_custom_headers  # noqa: PLC0415

        async def unhurried(scope: Scope, receive: Receive, send: Send) -> None:
            # An answer written in one go would pass the instrumentation by.
            scope.pop(WRITE, None)
            await app(scope, receive, send)

        traced = OpenTelemetryMiddleware(
            unhurried,
            default_span_details=_span_details,
            tracer_provider=self._provider,
            http_capture_headers_server_response=[*RESPONSE_HEADERS, *get_custom_headers(CAPTURED)],
            exclude_spans=["receive", "send"],
        )

        async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
            is_scoring = scope["type"] == "http" and route_of(scope["path"]) is not None
            await (traced if is_scoring else app)(scope, receive, send)

        return outermost

    def close(self) -> None:
        """Sends the last spans."""
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        ending.join(LAST_SPANS_S)


def open_tracing(settings: InferenceSettings) -> Tracing | None:
    """Turns tracing on where the settings ask for it.

    Raises:
        SettingsError: they do, and the packages are not installed.
    """
    if not settings.is_traced:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor  # noqa: PLC0415
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(
            "an OTLP endpoint is set, but OpenTelemetry is not installed; install "
            "baton-inference[otel], build the image with EXTRAS=otel, or set OTEL_SDK_DISABLED=true"
        ) from error
    own = Resource({"service.name": SERVICE_NAME, "service.version": version("baton-inference")})
    resource = Resource.create().merge(own).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    return Tracing(provider)


def route_of(path: str) -> str | None:
    """The route that scores a request for this path, as the OpenAPI document has it."""
    found = find_path(path)
    return found.template if found else None


def _span_details(scope: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The span's name and its first attributes."""
    route = route_of(scope["path"])
    return f"{scope['method']} {route}", {"http.route": route}
