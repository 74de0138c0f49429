"""Traces of a real process, received with OTLP over HTTP."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk, register
from tests.support.rig.inference import Inference
from tests.support.rig.process import LOCAL, wait_until

LIMIT_S = 20.0
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"
BODY = {"instances": [CUSTOMER]}


class Collector:
    """Receives and keeps requests to `/v1/traces`."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        received = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.path == "/v1/traces":
                    received.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Logs nothing."""

        self.server = HTTPServer((LOCAL, 0), Handler)
        self.url = f"http://{LOCAL}:{self.server.server_port}"

    def list_spans(self, kind: "Span.SpanKind.ValueType") -> list[Span]:
        """Lists the spans of a kind in the order of arrival."""
        return [
            span
            for request in [*self.requests]
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
            if span.kind == kind
        ]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """A receiver on its own port."""
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    yield collector
    collector.server.shutdown()
    thread.join()
    collector.server.server_close()


@pytest.fixture(scope="module")
def traced_inference(
    tracking: Any,
    trained_versions: Any,
    collector: Collector,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Inference]:
    """A process that serves version 1 and sends its spans to the collector."""
    desk = Desk(tracking.uri, "traced", tmp_path_factory.mktemp("traced"))
    register(desk, trained_versions[0])
    desk.baton("promote", "1")
    with desk.serve(
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_BSP_SCHEDULE_DELAY="100",
        OTEL_SEMCONV_STABILITY_OPT_IN="http",
    ) as inference:
        inference.wait_until_serving("1")
        yield inference


def read_attributes(span: Span) -> dict[str, Any]:
    """Reads the span's attributes; a list counts as its first value."""
    return {each.key: read_value(each.value) for each in span.attributes}


def read_value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    return (
        read_value(value.array_value.values[0]) if kind == "array_value" else getattr(value, kind)
    )


def trace(collector: Collector, send: Any) -> tuple[Span, dict[str, Any]]:
    """Sends a request; returns its server span and the span's attributes."""
    before = len(collector.list_spans(Span.SPAN_KIND_SERVER))
    send()
    wait_until(lambda: len(collector.list_spans(Span.SPAN_KIND_SERVER)) > before, LIMIT_S, "a span")
    [span] = collector.list_spans(Span.SPAN_KIND_SERVER)[before:]
    return span, read_attributes(span)


def test_span_has_route_status_and_version(
    collector: Collector, traced_inference: Inference
) -> None:
    """The span continues the caller's trace and covers the fast write path."""
    headers = {"traceparent": TRACEPARENT, "X-Request-ID": "mine"}
    span, attributes = trace(
        collector, lambda: traced_inference.http.post("/predict", json=BODY, headers=headers)
    )
    assert span.name == "POST /predict"
    assert span.trace_id.hex() == TRACE_ID
    assert attributes["http.route"] == "/predict"
    assert attributes["http.response.status_code"] == httpx.codes.OK
    assert attributes["http.response.header.x_model_version"] == "1"
    assert attributes["http.response.header.x_request_id"] == "mine"
    assert span.end_time_unix_nano > span.start_time_unix_nano


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/predict", "/predict", 400),
        ("/invocations", "/invocations", 400),
        ("/v2/models/other/infer", "/v2/models/{model_name}/infer", 404),
        (
            "/v2/models/traced/versions/9/infer",
            "/v2/models/{model_name}/versions/{model_version}/infer",
            404,
        ),
    ],
)
def test_rejected_request_is_a_span(
    collector: Collector, traced_inference: Inference, path: str, route: str, status: int
) -> None:
    """The span's name is the route's template, not the caller's path."""
    headers = {"content-type": "application/json"}
    _, attributes = trace(
        collector, lambda: traced_inference.http.post(path, content=b"{", headers=headers)
    )
    assert (attributes["http.route"], attributes["http.response.status_code"]) == (route, status)


def test_alias_lookup_is_a_client_span(collector: Collector, traced_inference: Inference) -> None:
    """The span has the URL and the registry's status."""

    def list_lookups() -> list[dict[str, Any]]:
        spans = [read_attributes(span) for span in collector.list_spans(Span.SPAN_KIND_CLIENT)]
        urls = [httpx.URL(each["url.full"]) for each in spans]
        return [
            each
            for each, url in zip(spans, urls, strict=True)
            if url.path.endswith("registered-models/alias") and url.params["alias"] == "production"
        ]

    wait_until(lambda: bool(list_lookups()), LIMIT_S, "a lookup of the alias of production")
    assert list_lookups()[0]["http.response.status_code"] == httpx.codes.OK


def test_nothing_else_is_traced(collector: Collector, traced_inference: Inference) -> None:
    """Health, metrics and the operations page are not traced; the resource has the service name."""
    for path in ("/livez", "/readyz", "/metrics", "/", "/console/data", "/status"):
        assert traced_inference.http.get(path).is_success
    trace(collector, lambda: traced_inference.http.post("/predict", json=BODY))
    names = {span.name for span in collector.list_spans(Span.SPAN_KIND_SERVER)}
    assert all(name.startswith("POST ") for name in names)
    resource = collector.requests[0].resource_spans[0].resource
    resource_attributes = {each.key: each.value.string_value for each in resource.attributes}
    assert resource_attributes["service.name"] == "baton-inference"


def test_last_spans_are_sent_at_exit(stocked_desk: Desk, collector: Collector) -> None:
    """A process sends its remaining spans before it exits."""
    stocked_desk.baton("promote", "1")
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "60000"}
    with stocked_desk.serve(**env) as inference:
        inference.wait_until_serving("1")
        before = len(collector.list_spans(Span.SPAN_KIND_SERVER))
        inference.predict([CUSTOMER])
        assert inference.stop() == 0
    assert len(collector.list_spans(Span.SPAN_KIND_SERVER)) == before + 1


def test_unreachable_collector_delays_nothing(stocked_desk: Desk) -> None:
    """Scoring continues, the process exits in time, and the log has no tracebacks or retries."""
    stocked_desk.baton("promote", "1")
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{LOCAL}:1", "OTEL_BSP_SCHEDULE_DELAY": "50"}
    with stocked_desk.serve(**env) as inference:
        inference.wait_until_serving("1")
        for _ in range(3):
            inference.predict([CUSTOMER])
        assert inference.stop() == 0
        assert "Traceback" not in inference.log_tail
        assert "Transient" not in inference.log_tail
