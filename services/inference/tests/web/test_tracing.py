"""Traces: turned on by settings; otherwise not even imported."""

import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from baton_common.settings import SettingsError
from baton_inference.web.tracing import Tracing, find_route, open_tracing
from tests.support.fakes.application import make_app, make_settings
from tests.support.fakes.asgi_client import call, get, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import GOOD_BODY

ENDPOINT = "http://127.0.0.1:1"
SCORING = {
    "/predict": "/predict",
    "/invocations": "/invocations",
    "/v2/models/m/infer": "/v2/models/{model_name}/infer",
    "/v2/models/m/versions/7/infer": "/v2/models/{model_name}/versions/{model_version}/infer",
}
WITHOUT = """
import sys
import baton_inference.app, baton_inference.main
from baton_inference.settings import InferenceSettings
from baton_inference.web.tracing import open_tracing
assert open_tracing(InferenceSettings()) is None
heavy = ("opentelemetry.sdk", "opentelemetry.instrumentation", "opentelemetry.exporter", "requests")
print([name for name in sys.modules if name.startswith(heavy)])
"""


def test_without_an_endpoint_opentelemetry_is_not_imported() -> None:
    """Without tracing, OpenTelemetry costs neither time nor memory."""
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_endpoint_without_the_packages_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is one line with the package to install."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"install baton-inference\[otel\]") as caught:
        open_tracing(make_settings(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=ENDPOINT))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["/", "/livez", "/v2", "/v2/models/m", "/predict/", "/v2/m/infer"])
def test_other_paths_have_no_scoring_route(path: str) -> None:
    """A path that does not score is not traced."""
    assert find_route(path) is None


def test_routes_match_the_openapi_document(tmp_path: Path) -> None:
    """A span's route is the path template of the document."""
    app, _ = make_app(tmp_path, make_live_version())
    documented = get(app, "/openapi.json").json()["paths"]
    assert {path: find_route(path) for path in SCORING} == SCORING
    assert documented.keys() >= {*SCORING.values()}


def test_secret_headers_are_redacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the environment names them, and beside those that it calls secret itself."""
    captured = "OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST"
    monkeypatch.setenv(captured, "x-routing-key,x-api-key,authorization,cookie,x-own,x-open")
    monkeypatch.setenv("OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SANITIZE_FIELDS", "x-own")
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    app, _ = make_app(tmp_path, make_live_version())
    headers = dict.fromkeys(("x_routing_key", "x_api_key", "cookie", "x_own"), "hidden")
    request = post("/predict", GOOD_BODY, authorization="Bearer hidden", x_open="shown", **headers)
    assert call(Tracing(provider).wrap(app), request).status == 200
    (span,) = spans.get_finished_spans()
    attributes = str({**(span.attributes or {})})
    assert "x_routing_key" in attributes
    assert "shown" in attributes
    assert "hidden" not in attributes
