"""All methods of the server, by path: V2, health and reflection."""

from collections.abc import AsyncIterator, Callable
from importlib.metadata import version
from typing import Any

import grpc
import structlog
from google.protobuf.message import DecodeError
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2, reflection_pb2_grpc

from baton_inference.errors import InferenceError
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.protocols.protocol import Json
from baton_inference.protocols.v2_grpc.messages import (
    SERVICE,
    create_pool,
    get_response_class,
    read_requested,
)
from baton_inference.scoring.requested_version import RequestedVersion
from baton_inference.web.grpc.failures import Context, Failure, build_failure
from baton_inference.web.grpc.infer import SCORING_PATH, ModelInfer
from baton_inference.web.grpc.metadata import read_metadata, write_metadata
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.routes.scoring_parts import ScoringParts
from baton_inference.web.routes.v2 import describe_model, find_served

RIGHTS = {"ServerLive": "/v2/health/live", "ServerReady": "/v2/health/ready"}
"""Method to an HTTP path that needs the same API key, if that is not `SCORING_PATH`."""
REFLECTION_PATH = "/docs"
Describe = Callable[[RequestedVersion], Json]
"""Describes the answer to a request for a version."""

log = structlog.get_logger("baton.grpc")


class Methods(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Finds the handler of a call."""

    def __init__(
        self, parts: ScoringParts, ids: RequestIds, infer: ModelInfer, servicer: Any
    ) -> None:
        """Wires the handlers; `servicer` answers the health checks."""
        self._parts = parts
        self._ids = ids
        self._by_path = {
            f"/{SERVICE}/{name}": self._build(name, describe)
            for name, describe in _list_descriptions(parts.live).items()
        }
        self._by_path[f"/{SERVICE}/ModelInfer"] = grpc.stream_unary_rpc_method_handler(infer.handle)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, self)
        names = (SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
        pool = create_pool(
            *(file.DESCRIPTOR.serialized_pb for file in (health_pb2, reflection_pb2))
        )
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(
            reflection.aio.ReflectionServicer(names, pool=_Symbols(pool)), self
        )

    def service(self, handler_call_details: Any) -> Any:
        """Returns the handler of a call; None if there is no such method."""
        return self._by_path.get(handler_call_details.method)

    def add_generic_rpc_handlers(self, handlers: Any) -> None:
        """Called by generated code, which also calls the next method with the same handlers."""

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Any]) -> None:
        """Called by generated code, as by a server: adds the methods of the libraries."""
        for name, handler in handlers.items():
            adopted = _adopt(handler)
            if handler.stream_stream:
                adopted = adopted._replace(stream_stream=self._guard(handler.stream_stream))
            self._by_path[f"/{service}/{name}"] = adopted

    def _build(self, name: str, describe: Describe) -> Any:
        """Builds the handler of a method that scores nothing."""
        response_class = get_response_class(name)

        async def handle(data: bytes, context: Context) -> bytes:
            headers = read_metadata(context)
            request_id = self._ids.choose(headers)
            outcome: bytes | Failure
            try:
                self._parts.check_key(RIGHTS.get(name, SCORING_PATH), headers)
                outcome = response_class(**describe(read_requested(data))).SerializeToString()
            except Exception as error:
                if not isinstance(error, InferenceError):
                    log.exception("request failed", request_id=request_id, path=name)
                outcome = build_failure(error, request_id)
            if isinstance(outcome, Failure):
                return await outcome.abort(context, request_id)  # type: ignore[no-any-return]
            write_metadata(context, (), request_id)
            return outcome

        return grpc.unary_unary_rpc_method_handler(handle)

    def _guard(self, reflect: Callable[..., AsyncIterator[Any]]) -> Any:
        """Lets only callers with a key use reflection."""

        async def guarded(requests: Any, context: Context) -> AsyncIterator[Any]:
            headers = read_metadata(context)
            try:
                self._parts.check_key(REFLECTION_PATH, headers)
            except InferenceError as error:
                request_id = self._ids.choose(headers)
                await build_failure(error, request_id).abort(context, request_id)
            async for answer in reflect(requests, context):
                yield answer

        return guarded


class _Symbols:
    """A descriptor pool that finds methods by their names, too: ghz asks for one."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    def FindFileContainingSymbol(self, symbol: str) -> Any:  # noqa: N802 - protobuf's name
        try:
            return self._pool.FindFileContainingSymbol(symbol)
        except KeyError:
            return self._pool.FindFileContainingSymbol(symbol.rpartition(".")[0])


def _list_descriptions(live: LiveVersions) -> dict[str, Describe]:
    """Lists the methods that score nothing."""

    def is_ready(requested: RequestedVersion) -> bool:
        try:
            find_served(live, requested)
        except InferenceError:
            return False
        return True

    software = version("baton-inference")  # it reads files
    return {
        "ServerLive": lambda _: {"live": True},
        "ServerReady": lambda _: {"ready": live.production is not None},
        "ServerMetadata": lambda _: {"name": "baton", "version": software},
        "ModelReady": lambda requested: {"ready": is_ready(requested)},
        "ModelMetadata": lambda requested: describe_model(find_served(live, requested)),
    }


def _adopt(handler: Any) -> Any:
    """Lets a library's handler take a malformed message for an empty one."""
    parse = handler.request_deserializer

    def parse_safely(data: bytes) -> Any:
        try:
            return parse(data)
        except DecodeError:  # the library would log a stack trace for each
            return parse(b"")

    return handler._replace(request_deserializer=parse_safely)
