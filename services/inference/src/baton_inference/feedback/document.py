"""The body of `POST /feedback`: reads it and checks each entry."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple

import msgspec

from baton_common.texts import truncate
from baton_engine.labels.label import MAX_CHARACTERS, MAX_FUTURE_US, MAX_ROW, is_request_id
from baton_inference.errors import InvalidLabels, MalformedBody, TooManyLabels
from baton_inference.protocols.bodies.json_errors import describe_json_error

MAX_LABELS = 1000
MAX_FUTURE = timedelta(microseconds=MAX_FUTURE_US)

FEEDBACK = "feedback"
_MEMBERS = ("request_id", "row", "label", "at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Entry(NamedTuple):
    """One label of a body.

    Attributes:
        request_id: the id of the request.
        row: the number of the row in it, from 0.
        text: the label as text.
        at_us: when it became known, in microseconds since 1970; None if not said.
    """

    request_id: str
    row: int
    text: str
    at_us: int | None


def read_feedback(
    body: bytes, format_label: Callable[[str | float], str], now: datetime
) -> list[Entry]:
    """Reads the labels of a body. Of two labels for the same row the last one counts.

    Args:
        body: JSON, `{"feedback": [{"request_id", "row", "label", "at"}, …]}`.
        format_label: formats a label as text; raises `ValueError` if no row can have it.
        now: no label may be known much later.

    Raises:
        MalformedBody: the body is not JSON of that shape.
        TooManyLabels: it holds more than `MAX_LABELS`.
        InvalidLabels: an entry is not valid; the message names the first one.
    """
    entries = _read_entries(body)
    if len(entries) > MAX_LABELS:
        raise TooManyLabels(
            f"the body holds {len(entries)} labels; a request may hold at most {MAX_LABELS}",
            len(entries),
        )
    if not entries:
        raise InvalidLabels("feedback is empty; send at least one label")
    latest = now + MAX_FUTURE
    read: dict[tuple[str, int], Entry] = {}
    for number, entry in enumerate(entries):
        try:
            checked = _read_entry(entry, format_label, latest)
        except ValueError as error:
            raise InvalidLabels(f"feedback[{number}]{error}", len(entries)) from error
        read.pop(checked[:2], None)
        read[checked[:2]] = checked
    return [*read.values()]


def _read_entries(body: bytes) -> list[Any]:
    try:
        document = msgspec.json.decode(body)
    except RecursionError as error:
        raise MalformedBody("the body is nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedBody(describe_json_error(body, error)) from error
    if not isinstance(document, dict) or not isinstance(document.get(FEEDBACK), list):
        raise MalformedBody('the body must be {"feedback": [{"request_id": …, "label": …}, …]}')
    if unknown := [*(document.keys() - {FEEDBACK})]:
        raise MalformedBody(f"unknown key {truncate(min(unknown))!r}; expected only 'feedback'")
    entries: list[Any] = document[FEEDBACK]
    return entries


def _read_entry(entry: Any, format_label: Callable[[str | float], str], latest: datetime) -> Entry:
    """Checks one entry. Raises `ValueError` with a message that begins after the entry's name."""
    if not isinstance(entry, dict):
        raise ValueError(" must be an object")  # noqa: TRY004 - see above
    if unknown := entry.keys() - {*_MEMBERS}:
        raise ValueError(f" has the unknown key {truncate(min(unknown))!r}")
    request_id, row = entry.get("request_id"), entry.get("row", 0)
    if not isinstance(request_id, str) or not is_request_id(request_id):
        raise ValueError(".request_id must be the X-Request-ID of an answer")
    if type(row) is not int or not 0 <= row <= MAX_ROW:
        raise ValueError(".row must be the number of a row in the request, from 0")
    label = entry.get("label")
    if not isinstance(label, str | int | float):
        raise ValueError(".label must be a text, a number or a boolean")  # noqa: TRY004 - same
    if isinstance(label, str) and len(label) > MAX_CHARACTERS:
        raise ValueError(f".label must have at most {MAX_CHARACTERS} characters")
    try:
        text = format_label(label)
    except ValueError as error:
        raise ValueError(f".label {error}") from error
    return Entry(request_id, row, text, _read_moment(entry.get("at"), latest))


def _read_moment(value: object, latest: datetime) -> int | None:
    if value is None:
        return None
    try:
        moment = msgspec.convert(value, _Moment)
    except msgspec.ValidationError as error:
        message = ".at must be a date and time in RFC 3339, such as 2026-01-31T12:00:00Z"
        raise ValueError(message) from error
    if moment > latest:
        raise ValueError(".at is in the future")
    if moment < _EPOCH:
        raise ValueError(".at is before 1970")
    return (moment - _EPOCH) // _MICROSECOND
