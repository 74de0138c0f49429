"""A label: what became known about a scored row."""

import re
from typing import Literal, NamedTuple

Source = Literal["api", "file"]

MAX_CHARACTERS = 256
"""Of the text of a label."""
MAX_ROW = 2**31 - 1
MAX_FUTURE_US = 5 * 60 * 1_000_000
"""Clocks differ a little. A label that becomes known later than that is a mistake."""

is_request_id = re.compile(r"[A-Za-z0-9._-]{1,128}").fullmatch
"""Whether a text can be the id of a request: no answer of Baton has another one."""


class Label(NamedTuple):
    """What became known about a scored row.

    Attributes:
        received_us: when the label arrived, in microseconds since 1970, UTC.
        request_id: the id of the request that the row was in.
        row: the number of the row in that request, from 0.
        text: the label, a class or a number, as text.
        at_us: when the label became known, as `received_us`; None if not said.
        source: where the label came from.
        api_key: the name of the API key that sent it; None without keys.
    """

    received_us: int
    request_id: str
    row: int
    text: str
    at_us: int | None
    source: Source
    api_key: str | None = None
