"""The body of `POST /feedback`."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from baton_inference.errors import InferenceError, InvalidLabels, MalformedBody, TooManyLabels
from baton_inference.feedback.document import MAX_LABELS, Entry, read_feedback

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NOW_US = int(NOW.timestamp()) * 1_000_000
GOOD = {"request_id": "a-1", "label": "yes"}


def read(*entries: Any) -> list[Entry]:
    return read_feedback(json.dumps({"feedback": entries}).encode(), str, NOW)


def test_row_and_time_are_optional() -> None:
    """The row is then 0. A time has any offset, and any precision."""
    at = "2026-11-30T13:00:00.123456+01:00"
    assert read(GOOD, {**GOOD, "row": 3, "at": at}, {**GOOD, "row": 4, "at": None}) == [
        Entry("a-1", 0, "yes", None),
        Entry("a-1", 3, "yes", NOW_US + 123456),
        Entry("a-1", 4, "yes", None),
    ]


def test_last_label_of_a_row_wins() -> None:
    """Only the last label of a row is stored, in the place of the last."""
    other = {**GOOD, "request_id": "b"}
    assert read(GOOD, other, {**GOOD, "label": "no"}) == [
        Entry("b", 0, "yes", None),
        Entry("a-1", 0, "no", None),
    ]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("a-1", " must be an object"),
        ({**GOOD, "lable": 1}, " has the unknown key 'lable'"),
        ({"label": "yes"}, ".request_id must be"),
        ({**GOOD, "request_id": "a b"}, ".request_id must be"),
        ({**GOOD, "request_id": "a" * 129}, ".request_id must be"),
        ({**GOOD, "request_id": "a-1\n"}, ".request_id must be"),
        ({**GOOD, "request_id": 7}, ".request_id must be"),
        ({**GOOD, "row": -1}, ".row must be"),
        ({**GOOD, "row": 2**31}, ".row must be"),
        ({**GOOD, "row": 1.0}, ".row must be"),
        ({**GOOD, "row": True}, ".row must be"),
        ({**GOOD, "row": None}, ".row must be"),
        ({"request_id": "a-1"}, ".label must be a text"),
        ({**GOOD, "label": None}, ".label must be a text"),
        ({**GOOD, "label": ["yes"]}, ".label must be a text"),
        ({**GOOD, "label": "x" * 257}, ".label must have at most 256"),
        ({**GOOD, "at": "yesterday"}, ".at must be a date and time"),
        ({**GOOD, "at": "2026-11-30"}, ".at must be a date and time"),
        ({**GOOD, "at": "2026-11-30T12:00:00"}, ".at must be a date and time"),
        ({**GOOD, "at": 1764504000}, ".at must be a date and time"),
        ({**GOOD, "at": "1969-12-31T23:59:59Z"}, ".at is before 1970"),
        ({**GOOD, "at": "0001-01-01T00:00:00+14:00"}, ".at is before 1970"),
        ({**GOOD, "at": "9999-12-31T23:59:59-14:00"}, ".at is in the future"),
    ],
)
def test_invalid_entry_is_named(entry: Any, message: str) -> None:
    """The message begins with the first invalid entry; none of the labels is returned."""
    with pytest.raises(InvalidLabels) as caught:
        read(GOOD, entry, {})
    assert str(caught.value).startswith(f"feedback[1]{message}")
    assert caught.value.count == 3


def test_clocks_may_differ_by_minutes() -> None:
    """A label from a clock that is five minutes ahead is accepted."""
    for seconds, is_accepted in ((300, True), (301, False)):
        at = (NOW + timedelta(seconds=seconds)).isoformat()
        if is_accepted:
            assert read({**GOOD, "at": at})
        else:
            with pytest.raises(InvalidLabels, match="in the future"):
                read({**GOOD, "at": at})


def test_refusal_of_the_label_is_part_of_the_message() -> None:
    """The text of `format_label` follows the entry."""

    def refuse(_: object) -> str:
        raise ValueError("must be 'no' or 'yes'")

    with pytest.raises(InvalidLabels, match=r"^feedback\[0\].label must be 'no' or 'yes'$"):
        read_feedback(json.dumps({"feedback": [GOOD]}).encode(), refuse, NOW)


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        (b"", MalformedBody, "not JSON"),
        (b"{", MalformedBody, "not JSON"),
        (b'{"feedback":[{"label":NaN}]}', MalformedBody, "not JSON"),
        (b'{"feedback":["\xff"]}', MalformedBody, "not JSON"),
        (b'{"feedback":["\\ud800"]}', MalformedBody, "lone surrogate"),
        (b"[" * 100_000, MalformedBody, "nested too deeply"),
        (b"[]", MalformedBody, "the body must be"),
        (b"{}", MalformedBody, "the body must be"),
        (b'{"feedback":{}}', MalformedBody, "the body must be"),
        (b'{"feedback":[],"model":1}', MalformedBody, "unknown key 'model'"),
        (b'{"feedback":[]}', InvalidLabels, "at least one"),
        (
            b'{"feedback":[' + b"1," * MAX_LABELS + b"1]}",
            TooManyLabels,
            "1001 labels; a request may hold at most 1000",
        ),
    ],
)
def test_other_bodies(body: bytes, error: type[InferenceError], message: str) -> None:
    """The shape is checked before the entries."""
    with pytest.raises(error, match=message):
        read_feedback(body, str, NOW)
