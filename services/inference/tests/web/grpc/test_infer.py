"""`ModelInfer` in a real process: the scores, rejections, metrics and logs of REST."""

import asyncio
import json
import re
import struct
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import StatusCode
from grpc_health.v1.health_pb2 import HealthCheckResponse

from baton_common.api_keys import Scope, generate_key
from baton_inference.protocols.v2_grpc.messages import read_requested
from baton_inference.scoring.requested_version import RequestedVersion
from baton_inference.web.access.key_file import KeyFile
from baton_inference.web.body import SMALL_BYTES
from baton_inference.web.grpc.infer import MAX_OPEN_CALLS, ModelInfer
from baton_inference.web.request_ids import RequestIds
from tests.support.fakes.application import make_app
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import SlowModel
from tests.support.rig.grpc_caller import GrpcCaller, build_request
from tests.support.rig.process import find_free_port, wait_until
from tests.support.rig.raw_http import RawConnection
from tests.support.rig.raw_http import build_request as build_http_request
from tests.support.rig.service_process import Service, running

Started = tuple[Service, GrpcCaller]
V2 = "/v2/models/churn_model/infer"
X: dict[str, Any] = {"name": "x", "datatype": "FP64", "shape": [2]}


def ask_rest(service: Service, document: Any, path: str = V2, **headers: str) -> Any:
    """Sends a request to the REST route; returns status and body."""
    with RawConnection(service.port) as connection:
        connection.send(build_http_request(path, json.dumps(document).encode(), headers))
        answer = connection.read()
    return answer.status, json.loads(answer.body)


def read_metrics(service: Service) -> dict[str, float]:
    """Reads the samples of gRPC."""
    with RawConnection(service.port) as connection:
        connection.send(build_http_request("/metrics", b"", method="GET"))
        lines = connection.read().body.decode().splitlines()
    samples = [line.rsplit(" ", 1) for line in lines if re.match(r".*(v2_grpc|rows_total)", line)]
    return {name: float(value) for name, value in samples if not name.startswith("#")}


@pytest.mark.parametrize("is_raw", [False, True])
def test_scores_are_those_of_rest(service: Started, *, is_raw: bool) -> None:
    """Values, names and shapes are equal; the answer has the form of the request."""
    _, expected = ask_rest(service[0], {"id": "7", "inputs": [{**X, "data": [1.5, -2]}]})
    contents = {} if is_raw else {"contents": {"fp64_contents": [1.5, -2]}}
    raw = [struct.pack("<2d", 1.5, -2)] if is_raw else []
    request = build_request(id="7", inputs=[{**X, **contents}], raw_input_contents=raw)
    answer = service[1].infer(request)
    assert (answer.id, answer.model_name, answer.model_version) == ("7", "churn_model", "1")
    assert len(answer.outputs) == len(expected["outputs"]) == 2
    for number, (output, described) in enumerate(
        zip(answer.outputs, expected["outputs"], strict=True)
    ):
        assert output.name == described["name"]
        assert output.datatype == described["datatype"]
        assert [*output.shape] == described["shape"]
        if is_raw and output.datatype == "FP32":
            values = [*struct.unpack("<4f", answer.raw_output_contents[number])]
            assert values == pytest.approx(described["data"], abs=0)
        elif not is_raw:
            ((_, found),) = output.contents.ListFields()
            texts = (
                [each.encode() for each in described["data"]] if output.name == "label" else None
            )
            assert [*found] == (texts or described["data"])


def test_answer_carries_the_headers_of_rest(service: Started) -> None:
    """The caller's id is kept if it is well-formed; the version is named."""
    _, caller = service
    caller.infer(metadata=(("x-request-id", "mine"),))
    assert caller.metadata["x-request-id"] == "mine"
    assert caller.metadata["x-model-name"] == "churn_model"
    assert caller.metadata["x-model-version"] == "1"
    assert caller.metadata["x-model-alias"] == "production"
    caller.infer(build_request(model_version="1"))
    assert "x-model-alias" not in caller.metadata
    caller.infer(metadata=(("x-request-id", "not mine"),))
    assert re.fullmatch(r"[0-9a-f]{12}-[0-9a-f]+", caller.metadata["x-request-id"])


REJECTED: list[tuple[Any, StatusCode, str]] = [
    (b"\xff\xff", StatusCode.INVALID_ARGUMENT, "not a request of the Open Inference Protocol"),
    (b"", StatusCode.NOT_FOUND, "the model '' is not served"),
    (build_request(model_name="other"), StatusCode.NOT_FOUND, "'other' is not served"),
    (build_request(model_version="2"), StatusCode.NOT_FOUND, "version '2' is not serving"),
    (build_request(inputs=[]), StatusCode.INVALID_ARGUMENT, "no inputs"),
    (build_request(inputs=[{**X, "name": "y"}]), StatusCode.INVALID_ARGUMENT, "no input 'y'"),
    (build_request(inputs=[X]), StatusCode.INVALID_ARGUMENT, "0 values"),
    (build_request(inputs=[{**X, "shape": [2, 2]}]), StatusCode.INVALID_ARGUMENT, "shape of 'x'"),
    (build_request(inputs=[{**X, "shape": [2**62]}]), StatusCode.RESOURCE_EXHAUSTED, "rows"),
    (
        build_request(inputs=[X], raw_input_contents=[b"123"]),
        StatusCode.INVALID_ARGUMENT,
        "has 3 bytes, but its shape requires 16",
    ),
    (
        build_request(inputs=[X], raw_input_contents=[b"", b""]),
        StatusCode.INVALID_ARGUMENT,
        "1 inputs, but 2 raw_input_contents",
    ),
    (
        build_request(value=float("nan")),
        StatusCode.INVALID_ARGUMENT,
        "do not fit the model's schema: row 0, x: ",
    ),
]


@pytest.mark.parametrize(("request_", "code", "details"), REJECTED)
def test_rejections_have_code_and_details(
    service: Started, request_: Any, code: StatusCode, details: str
) -> None:
    """Each rejection is one of REST, with its text and a request id."""
    _, caller = service
    with pytest.raises(grpc.RpcError) as caught:
        caller.infer(request_)
    assert caught.value.code() == code
    assert details in caught.value.details()
    assert caller.metadata["x-request-id"]
    assert caller.infer().model_version == "1"  # the connection still works


def test_rejections_are_counted_and_logged(service: Started) -> None:
    """Metrics have the HTTP status of the same error; a line of the log has the request id."""
    process, caller = service
    before = read_metrics(process)
    caller.infer(build_request(inputs=[{**X, "contents": {"fp64_contents": [1, 2]}}]))
    with pytest.raises(grpc.RpcError):
        caller.infer(build_request(model_version="9"), metadata=(("x-request-id", "look-for-me"),))
    after = read_metrics(process)
    changes = {name: value - before.get(name, 0) for name, value in after.items()}
    assert changes['baton_requests_total{code="200",model_version="1",protocol="v2_grpc"}'] == 1
    assert changes['baton_requests_total{code="404",model_version="1",protocol="v2_grpc"}'] == 1
    assert changes['baton_rows_total{model_version="1"}'] == 2
    name = 'baton_request_duration_seconds_count{model_version="1",protocol="v2_grpc"}'
    assert changes[name] == 2
    lines = [json.loads(line) for line in process.log_file.read_text().splitlines()]
    [line] = [line for line in lines if line.get("request_id") == "look-for-me"]
    assert (line["event"], line["status"], line["problem"]) == (
        "request rejected",
        404,
        "not-served",
    )


def test_large_messages_are_scored_in_threads(service: Started) -> None:
    """The answers are those of small ones."""
    _, caller = service
    values = [float(number % 7 - 3) for number in range(9000)]
    tensor = {"name": "x", "datatype": "FP64", "shape": [9000, 1]}
    request = build_request(inputs=[{**tensor, "contents": {"fp64_contents": values}}])
    for compression in (None, grpc.Compression.Gzip):
        labels = caller.infer(request, compression=compression).outputs[0].contents.bytes_contents
        expected = [b"yes" if value > 0 else b"no" for value in values if value]
        assert [label for label, value in zip(labels, values, strict=True) if value] == expected


def test_messages_up_to_the_limit_are_scored(service: Started) -> None:
    """The default of the library, 4 MiB, does not apply."""
    request = build_request(id="0" * (6 * 2**20))
    for compression in (None, grpc.Compression.Gzip):
        assert service[1].infer(request, compression=compression).id == request.id


def test_cancelled_calls_are_counted_as_disconnected(service: Started) -> None:
    """A deadline that passes while rows are scored is code 499; the service goes on."""
    process, caller = service
    values = {"fp64_contents": [1.0] * 10_000}
    request = build_request(inputs=[{**X, "shape": [10_000], "contents": values}])
    name = 'baton_requests_total{code="499",model_version="1",protocol="v2_grpc"}'
    before = read_metrics(process).get(name, 0)

    def is_counted() -> bool:
        with pytest.raises(grpc.RpcError) as caught:
            caller.infer(request, timeout_s=0.002)
        assert caught.value.code() == StatusCode.DEADLINE_EXCEEDED
        return read_metrics(process).get(name, 0) > before

    wait_until(is_counted, 10, "a call that is cancelled in time")
    assert caller.infer().model_version == "1"
    assert "Traceback" not in process.log_file.read_text()


def test_calls_before_the_first_version_are_unavailable(tmp_path: Path) -> None:
    """So are metadata; readiness and health report it without an error."""
    port = find_free_port()
    with (
        running(tmp_path, BATON_GRPC_PORT=str(port), BATON_MODEL_NAME="not_cached"),
        GrpcCaller(f"127.0.0.1:{port}") as caller,
    ):
        caller.wait_until_connected()
        with pytest.raises(grpc.RpcError) as infer:
            caller.infer()
        with pytest.raises(grpc.RpcError) as metadata:
            caller.call("ModelMetadata", name="not_cached")
        for caught in (infer, metadata):
            assert caught.value.code() == StatusCode.UNAVAILABLE
            assert caught.value.details() == "no model is serving yet; see GET /status"
        assert caller.call("ServerLive").live
        answer = caller.send("/grpc.health.v1.Health/Check", b"")
        assert HealthCheckResponse.FromString(answer).status == HealthCheckResponse.NOT_SERVING
        assert not caller.call("ServerReady").ready
        assert not caller.call("ModelReady", name="not_cached").ready


class SilentCall:
    """The context of a call whose message never arrives."""

    def __init__(self) -> None:
        self.aborted: tuple[Any, ...] = ()

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return ()

    async def read(self) -> bytes:
        await asyncio.sleep(3600)
        return b""

    async def abort(self, *arguments: Any) -> None:
        self.aborted = arguments


def answer_silent_call(
    tmp_path: Path, open_calls: int = 0, keys: KeyFile | None = None
) -> tuple[Any, ...]:
    """Answers a call whose message never arrives; returns how it is aborted."""
    app, core = make_app(tmp_path, keys=keys)
    assert app.direct is not None
    infer = ModelInfer(app.direct._parts, RequestIds())
    infer.open_calls = open_calls
    context = SilentCall()
    asyncio.run(infer.handle(None, context))
    assert infer.open_calls == open_calls
    assert sum(core.metrics.requests.values()) == 1
    return context.aborted


def test_too_many_open_calls_are_rejected_before_their_messages(tmp_path: Path) -> None:
    """They may each hold a large message."""
    started_s = time.monotonic()
    code, details, _ = answer_silent_call(tmp_path, MAX_OPEN_CALLS)
    assert code == StatusCode.UNAVAILABLE
    assert str(MAX_OPEN_CALLS) in details
    assert time.monotonic() - started_s < 5


def test_keys_are_checked_before_a_message_is_read(tmp_path: Path) -> None:
    """A caller without a key cannot make the process receive a message."""
    (tmp_path / "keys").write_text(generate_key("scorer", [Scope.SCORING])[1].line)
    code, _, metadata = answer_silent_call(tmp_path, keys=KeyFile(tmp_path / "keys"))
    assert code == StatusCode.UNAUTHENTICATED
    assert dict(metadata)["x-request-id"]


def test_slow_messages_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that does not arrive in time must not hold its version forever."""
    monkeypatch.setattr("baton_inference.web.grpc.infer.MESSAGE_S", 0.01)
    code, details, _ = answer_silent_call(tmp_path)
    assert code == StatusCode.DEADLINE_EXCEEDED
    assert "in time" in details


class LateCall(SilentCall):
    """The context of a call whose message arrives after `while_waiting` was called."""

    def __init__(self, message: bytes, while_waiting: Callable[[], object]) -> None:
        super().__init__()
        self.message = message
        self.while_waiting = while_waiting
        self.metadata: dict[str, str] = {}

    async def read(self) -> bytes:
        self.while_waiting()
        return self.message

    def set_trailing_metadata(self, metadata: Iterable[tuple[str, str]]) -> None:
        self.metadata = dict(metadata)


def test_the_version_in_production_when_the_message_has_arrived_answers(tmp_path: Path) -> None:
    """It may arrive 30 s after the call began."""
    app, core = make_app(tmp_path, make_live_version())
    assert app.direct is not None
    infer = ModelInfer(app.direct._parts, RequestIds())
    tensors = [
        {"name": "x", "datatype": "FP64", "shape": [1], "contents": {"fp64_contents": [1]}},
        {"name": "n", "datatype": "INT64", "shape": [1], "contents": {"int64_contents": [1]}},
    ]
    message = build_request(inputs=tensors).SerializeToString()
    context = LateCall(message, lambda: core.live.swap(make_live_version(version="2")))
    asyncio.run(infer.handle(None, context))
    assert context.metadata["x-model-version"] == "2"
    assert core.metrics.requests["v2_grpc", 200, "2"] == 1


def test_a_large_message_is_parsed_in_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop would stand still for as long."""
    threads: list[threading.Thread] = []

    def read(data: bytes) -> RequestedVersion:
        threads.append(threading.current_thread())
        return read_requested(data)

    monkeypatch.setattr("baton_inference.web.grpc.infer.read_requested", read)
    app, _ = make_app(tmp_path, make_live_version())
    assert app.direct is not None
    infer = ModelInfer(app.direct._parts, RequestIds())
    for size in (1, SMALL_BYTES):
        message = build_request(id="0" * size).SerializeToString()
        asyncio.run(infer.handle(None, LateCall(message, lambda: None)))
    small, large = threads
    assert small is threading.main_thread()
    assert large is not small


def test_a_cancelled_large_call_keeps_its_limits_until_its_thread_ends(tmp_path: Path) -> None:
    """Its body stays in memory as long: callers that cancel must not exceed the limits."""
    gate, started = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        gate.wait()

    app, _ = make_app(tmp_path, make_live_version(SlowModel(wait)), BATON_MAX_BODY_BYTES="20000")
    assert app.direct is not None
    parts = app.direct._parts
    rows, memory = parts.pools.rows, parts.bodies._memory
    size = SMALL_BYTES // 8
    contents = {"x": {"fp64_contents": [1.0] * size}, "n": {"int64_contents": [1] * size}}
    tensors = [
        {"name": name, "datatype": kind, "shape": [size], "contents": contents[name]}
        for name, kind in (("x", "FP64"), ("n", "INT64"))
    ]
    message = build_request(inputs=tensors).SerializeToString()

    async def use() -> None:
        infer = ModelInfer(parts, RequestIds())
        free = memory._left
        task = asyncio.ensure_future(infer.handle(None, LateCall(message, lambda: None)))
        while not started.is_set():  # noqa: ASYNC110 - a thread sets it
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert infer.open_calls == 0
        assert (rows.pending, free - memory._left) == (1, len(message))
        gate.set()
        while rows.pending:  # noqa: ASYNC110 - a counter
            await asyncio.sleep(0.001)
        assert memory._left == free

    asyncio.run(use())
