"""RFC 9457 problems: the one place that gives an error its HTTP status."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec

from baton_inference.errors import (
    BodyTooLarge,
    Forbidden,
    InferenceError,
    InvalidLabels,
    InvalidRows,
    InvalidWebhook,
    MalformedBody,
    ModelFailure,
    NotReady,
    NotServed,
    NotStored,
    Overloaded,
    ShuttingDown,
    TooManyLabels,
    TooManyRows,
    Unauthenticated,
    UnsupportedMedia,
)
from baton_inference.protocols.media import Headers
from baton_inference.web.answers.answer import Answer

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = b"1"


@dataclass(frozen=True)
class ProblemKind:
    """One kind of problem.

    Attributes:
        slug: the last part of its `type`.
        title: the same for every problem of the kind.
        status: the HTTP status.
        headers: extra headers of the answer.
    """

    slug: str
    title: str
    status: int
    headers: Headers = ()


_RETRY = ((b"retry-after", RETRY_AFTER_S),)
# RFC 9110, 15.5.16: name the supported codings.
_CODINGS = ((b"accept-encoding", b"gzip, identity"),)
# RFC 9110, 15.5.2: name the way to authenticate.
_SIGNATURE = ((b"www-authenticate", b"X-MLflow-Signature"),)
# One header per scheme: browsers prompt for a key only if `Basic` is first in its header.
_KEY = (
    (b"www-authenticate", b'Bearer realm="baton"'),
    (b"www-authenticate", b'Basic realm="baton"'),
)

KINDS: dict[type[InferenceError], ProblemKind] = {
    MalformedBody: ProblemKind("malformed-body", "The body cannot be read", 400),
    InvalidRows: ProblemKind("invalid-rows", "The rows do not fit the model", 422),
    TooManyRows: ProblemKind("too-many-rows", "Too many rows", 413),
    InvalidLabels: ProblemKind("invalid-labels", "The labels are not valid", 422),
    TooManyLabels: ProblemKind("too-many-labels", "Too many labels", 413),
    BodyTooLarge: ProblemKind("body-too-large", "The body is too large", 413),
    UnsupportedMedia: ProblemKind(
        "unsupported-media", "The media type is not supported", 415, _CODINGS
    ),
    Unauthenticated: ProblemKind("not-admitted", "An API key is required", 401, _KEY),
    Forbidden: ProblemKind("not-allowed", "The API key lacks the required scope", 403),
    NotServed: ProblemKind("not-served", "The model or version is not served", 404),
    InvalidWebhook: ProblemKind("forged", "The webhook cannot be verified", 401, _SIGNATURE),
    NotReady: ProblemKind("not-ready", "No model is serving yet", 503, _RETRY),
    Overloaded: ProblemKind("overloaded", "Too much work is queued", 503, _RETRY),
    NotStored: ProblemKind("not-stored", "The labels cannot be stored", 507),
    ShuttingDown: ProblemKind("ending", "The service is shutting down", 503, _RETRY),
    ModelFailure: ProblemKind("model-failure", "The model failed", 500),
}


def build_problem(error: InferenceError, request_id: str, path: str = "") -> Answer:
    """Builds the answer to a request for `path` that failed with `error`."""
    kind = KINDS[type(error)]
    members: dict[str, Any] = {
        "type": f"urn:baton:problem:{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": str(error),
        "request_id": request_id,
    }
    if isinstance(error, InvalidRows):
        members["errors"] = error.cells
    return _answer(members, path, kind.headers)


def find_slug(error: InferenceError) -> str:
    """Returns the last part of the problem's type for this error."""
    return KINDS[type(error)].slug


def build_status_problem(
    status: int, detail: str, request_id: str, headers: Headers = (), path: str = ""
) -> Answer:
    """Builds a problem that needs no type beyond its HTTP status, e.g. 404."""
    members = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }
    return _answer(members, path, headers)


def build_internal_problem(request_id: str, path: str = "") -> Answer:
    """Builds the problem for a bug in Baton; the log has the details under the request id."""
    return build_status_problem(500, describe_internal_error(request_id), request_id, path=path)


def describe_internal_error(request_id: str) -> str:
    """Returns the text for the caller about a bug in Baton."""
    return f"internal error; search the service's log for request {request_id}"


def _answer(members: dict[str, Any], path: str, headers: Headers) -> Answer:
    if path == "/v2" or path.startswith("/v2/"):  # the V2 protocol's own error member
        members["error"] = members["detail"]
    return Answer(members["status"], msgspec.json.encode(members), MEDIA_TYPE.encode(), (*headers,))
