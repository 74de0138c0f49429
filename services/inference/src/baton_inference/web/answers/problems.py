"""Errors as RFC 9457 problems: the one place where a domain error gets an HTTP status."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec

from baton_inference.errors import (
    BodyTooLarge,
    Ending,
    Forged,
    InferenceError,
    InvalidRows,
    MalformedBody,
    ModelFailure,
    NotAdmitted,
    NotAllowed,
    NotReady,
    NotServed,
    Overloaded,
    TooManyRows,
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
        headers: what an answer with it also carries.
    """

    slug: str
    title: str
    status: int
    headers: Headers = ()


_RETRY = ((b"retry-after", RETRY_AFTER_S),)
# RFC 9110, 15.5.16: say which codings would have been understood.
_CODINGS = ((b"accept-encoding", b"gzip, identity"),)
# RFC 9110, 15.5.2: say how to authenticate.
_SIGNATURE = ((b"www-authenticate", b"X-MLflow-Signature"),)
# One line a scheme: browsers do not find `Basic`, which makes them ask for a key, behind another.
_KEY = (
    (b"www-authenticate", b'Bearer realm="baton"'),
    (b"www-authenticate", b'Basic realm="baton"'),
)

KINDS: dict[type[InferenceError], ProblemKind] = {
    MalformedBody: ProblemKind("malformed-body", "The body cannot be read", 400),
    InvalidRows: ProblemKind("invalid-rows", "The rows do not fit the model", 422),
    TooManyRows: ProblemKind("too-many-rows", "Too many rows", 413),
    BodyTooLarge: ProblemKind("body-too-large", "The body is too large", 413),
    UnsupportedMedia: ProblemKind(
        "unsupported-media", "The media type is not supported", 415, _CODINGS
    ),
    NotAdmitted: ProblemKind("not-admitted", "An API key is needed", 401, _KEY),
    NotAllowed: ProblemKind("not-allowed", "The API key is not for this", 403),
    NotServed: ProblemKind("not-served", "The model or version is not served", 404),
    Forged: ProblemKind("forged", "The webhook is not the registry's", 401, _SIGNATURE),
    NotReady: ProblemKind("not-ready", "No model is being served yet", 503, _RETRY),
    Overloaded: ProblemKind("overloaded", "Too much work is queued", 503, _RETRY),
    Ending: ProblemKind("ending", "The service is ending", 503, _RETRY),
    ModelFailure: ProblemKind("model-failure", "The model failed", 500),
}


def problem_of(error: InferenceError, request_id: str, path: str = "") -> Answer:
    """The answer to a request for `path` that ended in `error`."""
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


def slug_of(error: InferenceError) -> str:
    """The last part of the type of the problem that the error is."""
    return KINDS[type(error)].slug


def status_problem(
    status: int, detail: str, request_id: str, headers: Headers = (), path: str = ""
) -> Answer:
    """A problem that its HTTP status says all about, e.g. 404."""
    members = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }
    return _answer(members, path, headers)


def internal_problem(request_id: str, path: str = "") -> Answer:
    """A fault of ours: the log has what happened, under the request's id."""
    detail = f"an unexpected fault; look for request {request_id} in the service's log"
    return status_problem(500, detail, request_id, path=path)


def _answer(members: dict[str, Any], path: str, headers: Headers) -> Answer:
    if path == "/v2" or path.startswith(
        "/v2/"
    ):  # where clients look for it: the protocol's own form of an error
        members["error"] = members["detail"]
    return Answer(members["status"], msgspec.json.encode(members), MEDIA_TYPE.encode(), headers)
