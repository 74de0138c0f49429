"""Traces: turned on by settings, and not even imported without."""

import subprocess
import sys
from pathlib import Path

import pytest

from baton_common.settings import SettingsError
from baton_inference.web.tracing import open_tracing, route_of
from tests.support.fakes.application import make_app, make_settings
from tests.support.fakes.asgi_client import get
from tests.support.fakes.live_version import make_live_version

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


def test_without_an_endpoint_nothing_of_it_is_imported() -> None:
    """There is no tracing, and no time nor memory is spent on it."""
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_endpoint_without_the_packages_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what is missing, and how to have it or do without."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"install baton-inference\[otel\]") as caught:
        open_tracing(make_settings(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=ENDPOINT))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["/", "/livez", "/v2", "/v2/models/m", "/predict/", "/v2/m/infer"])
def test_what_does_not_score_has_no_route(path: str) -> None:
    """It is not traced."""
    assert route_of(path) is None


def test_routes_are_those_of_the_document(tmp_path: Path) -> None:
    """A span's route is what the OpenAPI document calls it, whatever model is asked."""
    app, _ = make_app(tmp_path, make_live_version())
    documented = get(app, "/openapi.json").json()["paths"]
    assert {path: route_of(path) for path in SCORING} == SCORING
    assert documented.keys() >= {*SCORING.values()}
