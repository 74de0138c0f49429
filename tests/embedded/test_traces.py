"""Traces of a real process, as a receiver of OTLP over HTTP gets them."""

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
    """Receives what is sent to `/v1/traces`, and keeps it."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        kept = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.path == "/v1/traces":
                    kept.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Says nothing."""

        self.server = HTTPServer((LOCAL, 0), Handler)
        self.url = f"http://{LOCAL}:{self.server.server_port}"

    def spans(self, kind: "Span.SpanKind.ValueType") -> list[Span]:
        """All spans of a kind, in the order in which they came."""
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
    """A receiver on a port of its own."""
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    yield collector
    collector.server.shutdown()
    thread.join()
    collector.server.server_close()


@pytest.fixture(scope="module")
def traced(
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


def attributes(span: Span) -> dict[str, Any]:
    """The span's attributes; of a list its first value."""
    return {each.key: value_of(each.value) for each in span.attributes}


def value_of(value: Any) -> Any:
    kind = value.WhichOneof("value")
    return value_of(value.array_value.values[0]) if kind == "array_value" else getattr(value, kind)


def answered(collector: Collector, send: Any) -> tuple[Span, dict[str, Any]]:
    """The one server span of what is sent, and its attributes."""
    before = len(collector.spans(Span.SPAN_KIND_SERVER))
    send()
    wait_until(lambda: len(collector.spans(Span.SPAN_KIND_SERVER)) > before, LIMIT_S, "a span")
    [span] = collector.spans(Span.SPAN_KIND_SERVER)[before:]
    return span, attributes(span)


def test_a_request_is_a_span_with_route_status_and_version(
    collector: Collector, traced: Inference
) -> None:
    """The answer is seen though it is written past the server's checks; a trace is continued."""
    headers = {"traceparent": TRACEPARENT, "X-Request-ID": "mine"}
    span, told = answered(
        collector, lambda: traced.http.post("/predict", json=BODY, headers=headers)
    )
    assert span.name == "POST /predict"
    assert span.trace_id.hex() == TRACE_ID
    assert told["http.route"] == "/predict"
    assert told["http.response.status_code"] == httpx.codes.OK
    assert told["http.response.header.x_model_version"] == "1"
    assert told["http.response.header.x_request_id"] == "mine"
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
def test_what_is_refused_is_a_span_too(
    collector: Collector, traced: Inference, path: str, route: str, status: int
) -> None:
    """A route is a template: a path of the caller's making is no name of a span."""
    headers = {"content-type": "application/json"}
    _, told = answered(collector, lambda: traced.http.post(path, content=b"{", headers=headers))
    assert (told["http.route"], told["http.response.status_code"]) == (route, status)


def test_a_look_at_the_alias_is_a_client_span(collector: Collector, traced: Inference) -> None:
    """It names the call and what the registry answered."""

    def looks() -> list[dict[str, Any]]:
        told = [attributes(span) for span in collector.spans(Span.SPAN_KIND_CLIENT)]
        return [each for each in told if "registered-models/alias" in each["url.full"]]

    wait_until(lambda: bool(looks()), LIMIT_S, "a look at the alias")
    assert looks()[0]["http.response.status_code"] == httpx.codes.OK


def test_nothing_else_is_traced(collector: Collector, traced: Inference) -> None:
    """Health, metrics and the operations page are asked all day long; the service has its name."""
    for path in ("/livez", "/readyz", "/metrics", "/", "/console/data", "/status"):
        assert traced.http.get(path).is_success
    answered(collector, lambda: traced.http.post("/predict", json=BODY))
    names = {span.name for span in collector.spans(Span.SPAN_KIND_SERVER)}
    assert all(name.startswith("POST ") for name in names)
    resource = collector.requests[0].resource_spans[0].resource
    named = {each.key: each.value.string_value for each in resource.attributes}
    assert named["service.name"] == "baton-inference"


def test_the_last_spans_are_sent_at_the_end(stocked_desk: Desk, collector: Collector) -> None:
    """A process that ends says what it has not said yet."""
    stocked_desk.baton("promote", "1")
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "60000"}
    with stocked_desk.serve(**env) as inference:
        inference.wait_until_serving("1")
        before = len(collector.spans(Span.SPAN_KIND_SERVER))
        inference.predict([CUSTOMER])
        assert inference.stop() == 0
    assert len(collector.spans(Span.SPAN_KIND_SERVER)) == before + 1


def test_a_collector_that_is_away_holds_up_nothing(stocked_desk: Desk) -> None:
    """Scoring goes on, the process ends in time, and the log has neither tracebacks nor tries."""
    stocked_desk.baton("promote", "1")
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{LOCAL}:1", "OTEL_BSP_SCHEDULE_DELAY": "50"}
    with stocked_desk.serve(**env) as inference:
        inference.wait_until_serving("1")
        for _ in range(3):
            inference.predict([CUSTOMER])
        assert inference.stop() == 0
        assert "Traceback" not in inference.log_tail
        assert "Transient" not in inference.log_tail
