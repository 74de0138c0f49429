"""OpenTelemetry traces of scoring requests and of the registry calls.

This is the standard instrumentation, which reads the standard variables itself. This module turns
it on; without an endpoint it does not even import it, because its packages are the extra `otel`.
Only scoring is traced: traces of health checks, scrapes and the operations page would fill a trace
store without use.
"""

import threading
from importlib.metadata import version
from typing import Any

from baton_common.settings import SettingsError
from baton_inference.protocols.catalog import find_path
from baton_inference.settings import InferenceSettings
from baton_inference.web.answers.answer import ASGIApp, Receive, Scope, Send

SERVICE_NAME = "baton-inference"
"""The default of OTEL_SERVICE_NAME."""
RESPONSE_HEADERS = ("x-model-name", "x-model-version", "x-model-alias", "x-request-id")
"""These become span attributes, in addition to those that the environment names."""
SECRET_HEADERS = ("authorization", "x-api-key", "x-routing-key", "cookie", "set-cookie")
"""Their values are redacted, if the environment names them as span attributes."""
LAST_SPANS_S = 1.0
"""Time to send the last spans at shutdown: an unreachable collector must not delay the shutdown,
which may take ten seconds in all."""


class Tracing:
    """The instrumentation of this process."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Wraps the application: each scoring request becomes a span."""
        from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware  # noqa: PLC0415
        from opentelemetry.util.http import (  # noqa: PLC0415
            OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SANITIZE_FIELDS as SECRET,
        )
        from opentelemetry.util.http import (  # noqa: PLC0415
            OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_RESPONSE as CAPTURED,
        )
        from opentelemetry.util.http import get_custom_headers  # noqa: PLC0415

        traced = OpenTelemetryMiddleware(
            app,
            default_span_details=_describe_span,
            tracer_provider=self._provider,
            http_capture_headers_server_response=[*RESPONSE_HEADERS, *get_custom_headers(CAPTURED)],
            http_capture_headers_sanitize_fields=[*SECRET_HEADERS, *get_custom_headers(SECRET)],
            exclude_spans=["receive", "send"],
        )

        async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
            is_scoring = scope["type"] == "http" and find_route(scope["path"]) is not None
            await (traced if is_scoring else app)(scope, receive, send)

        return outermost

    def close(self) -> None:
        """Sends the last spans."""
        thread = threading.Thread(target=self._provider.shutdown, daemon=True)
        thread.start()
        thread.join(LAST_SPANS_S)


def open_tracing(settings: InferenceSettings) -> Tracing | None:
    """Turns tracing on if the settings name an endpoint.

    Raises:
        SettingsError: they do, but the packages are not installed.
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


def find_route(path: str) -> str | None:
    """Finds the scoring route of a path, as in the OpenAPI document, or returns None."""
    found = find_path(path)
    return found.template if found else None


def _describe_span(scope: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Returns the name of the span and its first attributes."""
    route = find_route(scope["path"])
    return f"{scope['method']} {route}", {"http.route": route}
