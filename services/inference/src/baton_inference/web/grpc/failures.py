"""How a gRPC call fails: the code that belongs to the HTTP status of the same error."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from grpc import StatusCode

from baton_inference.errors import ClientDisconnected, InferenceError, InvalidRows
from baton_inference.telemetry.request_log import CLIENT_DISCONNECTED
from baton_inference.web.answers.problems import KINDS, describe_internal_error

Context = Any
"""grpcio has no type information. This is a `grpc.aio.ServicerContext`."""

MAX_CELLS = 10
"""Bad cells that the details name. All metadata of an answer together must stay below 8 KiB."""
MAX_DETAILS = 2000
"""Bytes of the details in UTF-8. On the wire, one that is not ASCII takes three."""
CODES = {
    400: StatusCode.INVALID_ARGUMENT,
    401: StatusCode.UNAUTHENTICATED,
    403: StatusCode.PERMISSION_DENIED,
    404: StatusCode.NOT_FOUND,
    408: StatusCode.DEADLINE_EXCEEDED,
    413: StatusCode.RESOURCE_EXHAUSTED,
    415: StatusCode.UNIMPLEMENTED,
    422: StatusCode.INVALID_ARGUMENT,
    CLIENT_DISCONNECTED: StatusCode.CANCELLED,
    500: StatusCode.INTERNAL,
    503: StatusCode.UNAVAILABLE,
    507: StatusCode.RESOURCE_EXHAUSTED,  # of labels, which no call of gRPC sends
}


class Failure(NamedTuple):
    """Why a call fails.

    Attributes:
        status: the HTTP status of the same error, for metrics and logs.
        details: the text for the caller.
    """

    status: int
    details: str

    async def abort(self, context: Context, request_id: str) -> Any:
        """Ends the call. Never returns: the library raises its own error."""
        metadata = (("x-request-id", request_id),)
        return await context.abort(CODES[self.status], self.details, metadata)


def build_failure(error: BaseException, request_id: str) -> Failure:
    """Builds the failure of a call that raised `error`."""
    if isinstance(error, TimeoutError):
        return Failure(HTTPStatus.REQUEST_TIMEOUT, "the message did not arrive in time")
    if isinstance(error, ClientDisconnected):
        return Failure(CLIENT_DISCONNECTED, "the call ended without a message")
    if not isinstance(error, InferenceError):
        return Failure(HTTPStatus.INTERNAL_SERVER_ERROR, describe_internal_error(request_id))
    details = str(error)
    if isinstance(error, InvalidRows) and error.cells:
        details = f"{details}: {_describe_cells(error.cells)}"
    return Failure(KINDS[type(error)].status, _truncate(details))


def _truncate(text: str) -> str:
    return text.encode(errors="replace")[:MAX_DETAILS].decode(errors="ignore")


def _describe_cells(cells: Sequence[Any]) -> str:
    named = [f"row {cell.row}, {cell.column}: {cell.message}" for cell in cells[:MAX_CELLS]]
    if len(cells) > MAX_CELLS:
        named.append("and others")
    return "; ".join(named)
