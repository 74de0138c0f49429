"""The errors of serving. They know no HTTP: `problems.py` gives each one its status.

InferenceError
├── LoadFailure              a version cannot be loaded into the slot; carries a kind
├── RequestRejected          the request is not scored; its sender can fix the reason
│   ├── MalformedBody        not JSON, or JSON of the wrong shape
│   ├── InvalidRows          rows that do not match the schema; names the bad cells
│   ├── TooManyRows          more rows than a request may hold
│   ├── BodyTooLarge         more bytes than a body may hold
│   ├── UnsupportedMedia     an unsupported content type or content encoding
│   ├── NotServed            the requested model or version is not the serving one
│   ├── Unauthenticated      no API key, or an unknown one
│   ├── Forbidden            an API key without the required scope
│   ├── InvalidWebhook       a webhook signature or timestamp that is not valid
│   ├── InvalidLabels        labels that the serving version never answers, or of no request
│   └── TooManyLabels        more labels than a request may hold
├── NotReady                 the slot is empty
├── Overloaded               too much work is queued
├── NotStored                the disk is full, or refuses the labels
├── ShuttingDown             the service stops before it can answer the request
├── ModelFailure             the model failed on rows that match its schema
└── ClientDisconnected       the client disconnected before it sent the whole request

Every message is one line and safe to show to the sender of the request.
"""

from enum import StrEnum
from typing import Self

from baton_engine.tables.cell_errors import BadCell


class InferenceError(Exception):
    """The root of all errors that this service raises on purpose."""


class FailureKind(StrEnum):
    """Why a version could not be loaded: a closed set, because it is a label of a metric."""

    FETCH = "fetch"
    """Its files could not be fetched; a retry may help soon."""
    CHECKSUM = "checksum"
    """A file is not the one that was registered."""
    SIGNATURE = "signature"
    """No trusted key has signed it."""
    INVALID = "invalid"
    """The version cannot be served."""
    ENGINE = "engine"
    """The model does not load, or does not fit its schema."""
    WARM_UP = "warm_up"
    """The model fails on its own input example, or on a synthetic row if it has none."""
    CRASHED = "crashed"
    """The process ended unexpectedly when it loaded this version, or soon afterwards."""
    INTERNAL = "internal"
    """A bug in Baton."""


class LoadFailure(InferenceError):
    """A version cannot be loaded into the slot."""

    def __init__(self, kind: FailureKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class RequestRejected(InferenceError):
    """The request is not scored; its sender can fix the reason."""


class MalformedBody(RequestRejected):
    """The body is not JSON, or has the wrong shape."""


class InvalidRows(RequestRejected):
    """Rows do not match the schema.

    Attributes:
        cells: the first bad cells; empty if there are no rows at all.
    """

    def __init__(self, message: str, cells: tuple[BadCell, ...] = ()) -> None:
        super().__init__(message)
        self.cells = cells


class TooManyRows(RequestRejected):
    """The request holds more rows than allowed."""

    @classmethod
    def for_limit(cls, max_rows: int, rows: int | None = None) -> Self:
        """Builds the error; `rows` is None if not all of them were counted."""
        count = "more rows" if rows is None else f"{rows} rows"
        return cls(f"the body holds {count}; a request may hold at most {max_rows}")


class BodyTooLarge(RequestRejected):
    """The body holds more bytes than allowed."""


class UnsupportedMedia(RequestRejected):
    """The content type or content encoding is not supported."""


class NotServed(RequestRejected):
    """The requested model or version is not the serving one."""


class Unauthenticated(RequestRejected):
    """The request has no API key, or an unknown one."""


class Forbidden(RequestRejected):
    """The API key lacks the required scope."""


class InvalidWebhook(RequestRejected):
    """The webhook signature does not match, or the timestamp is too far off."""


class InvalidLabels(RequestRejected):
    """Labels are not valid; the message names the first one.

    Attributes:
        count: the number of labels in the request.
    """

    def __init__(self, message: str, count: int = 0) -> None:
        super().__init__(message)
        self.count = count


class TooManyLabels(RequestRejected):
    """The request holds more labels than allowed.

    Attributes:
        count: the number of labels in the request.
    """

    def __init__(self, message: str, count: int = 0) -> None:
        super().__init__(message)
        self.count = count


class NotReady(InferenceError):
    """The slot is empty."""

    def __init__(self, text: str = "no model is serving yet; see GET /status") -> None:
        super().__init__(text)


class Overloaded(InferenceError):
    """Too much work is queued."""


class NotStored(InferenceError):
    """The labels cannot be stored: their limit is reached, or the disk is full or refuses."""


class ShuttingDown(InferenceError):
    """The service stops before it can answer the request."""

    def __init__(self, text: str = "the service is shutting down; send the request again") -> None:
        super().__init__(text)


class ModelFailure(InferenceError):
    """The model failed on rows that match its schema; the cause has the details."""


class ClientDisconnected(InferenceError):
    """The client disconnected before it sent the whole request; no answer is possible."""
