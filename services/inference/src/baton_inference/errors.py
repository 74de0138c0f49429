"""What can go wrong in serving. These know no HTTP: `problems.py` gives each its status.

InferenceError
├── LoadFailure          a version could not be brought into the slot; carries a kind
├── Refused              the request was not scored, for a reason that its sender can mend
│   ├── MalformedBody    not JSON, or not of the shape asked for
│   ├── InvalidRows      rows that the schema does not allow; names the bad cells
│   ├── TooManyRows      more rows than a request may hold
│   ├── BodyTooLarge     more bytes than a body may hold
│   ├── UnsupportedMedia a content type or content encoding that is not spoken
│   ├── NotServed        the model or the version that is asked for is not the one that serves
│   ├── NotAdmitted      no key, or none that is known
│   ├── NotAllowed       a key that is for something else
│   └── Forged           a webhook that is not the registry's, or not of these minutes
├── NotReady             the slot is empty
├── Overloaded           too much work is queued
├── Ending               the service ends before the request could be answered
├── ModelFailure         the model failed on rows that its schema allows
└── ClientGone           the client went away before its request was whole

Every text is one line and may be shown to the sender of the request.
"""

from enum import StrEnum
from typing import Self

from baton_engine.tables.cells import BadCell


class InferenceError(Exception):
    """The root: everything that this service raises on purpose."""


class FailureKind(StrEnum):
    """Why a version could not be loaded: a closed set, since metrics carry it as a label."""

    FETCH = "fetch"
    """Its files could not be had; trying again soon may help."""
    CHECKSUM = "checksum"
    """A file is not the one that was registered."""
    SIGNATURE = "signature"
    """No trusted key has signed it."""
    INVALID = "invalid"
    """The version is not one that can be served."""
    ENGINE = "engine"
    """The model does not load, or does not fit its schema."""
    WARM_UP = "warm_up"
    """The model fails on its own input example."""
    INTERNAL = "internal"
    """A fault of ours."""


class LoadFailure(InferenceError):
    """A version could not be brought into the slot."""

    def __init__(self, kind: FailureKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class Refused(InferenceError):
    """The request was not scored, for a reason that its sender can mend."""


class MalformedBody(Refused):
    """Not JSON, or not of the shape asked for."""


class InvalidRows(Refused):
    """Rows that the schema does not allow.

    Attributes:
        cells: the first bad cells; empty where there are no rows at all.
    """

    def __init__(self, message: str, cells: tuple[BadCell, ...] = ()) -> None:
        super().__init__(message)
        self.cells = cells


class TooManyRows(Refused):
    """More rows than a request may hold."""

    @classmethod
    def counted(cls, max_rows: int, rows: int | None = None) -> Self:
        """The error of so many rows; None if they were not all counted."""
        found = "the body holds" if rows is None else f"{rows} rows are"
        return cls(f"{found} more than the {max_rows} rows that a request may hold")


class BodyTooLarge(Refused):
    """More bytes than a body may hold."""


class UnsupportedMedia(Refused):
    """A content type or a content encoding that is not spoken."""


class NotServed(Refused):
    """The model or the version that is asked for is not the one that serves."""


class NotAdmitted(Refused):
    """It shows no key, or none that is known."""


class NotAllowed(Refused):
    """Its key is for something else."""


class Forged(Refused):
    """A webhook's signature is not the registry's, or its timestamp is too far off."""


class NotReady(InferenceError):
    """The slot is empty."""

    def __init__(self, text: str = "no model is being served yet; GET /status says why") -> None:
        super().__init__(text)


class Overloaded(InferenceError):
    """Too much work is queued."""


class Ending(InferenceError):
    """The service ends before the request could be answered."""


class ModelFailure(InferenceError):
    """The model failed on rows that its schema allows; the cause says how."""


class ClientGone(InferenceError):
    """The client went away before its request was whole; nobody is left to answer."""
