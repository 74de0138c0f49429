"""Writes an answer to the connection at once.

uvicorn takes an answer as two messages, and checks and joins its headers one by one. At 16
connections that is a quarter of the cost of a request. If the connection is in a plain state, this
module writes the whole answer at once; otherwise uvicorn writes it.
"""

from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from baton_inference.web.answers.answer import WRITE, Answer


def offer_write(cycle: RequestResponseCycle) -> None:
    """Puts the write function into the scope of a request."""
    scope: dict[str, Any] = cycle.scope  # type: ignore[assignment] # uvicorn types its own keys
    scope[WRITE] = partial(_write, cycle)


def _write(cycle: RequestResponseCycle, answer: Answer, request_id: str) -> bool:
    defaults = cycle.default_headers
    # More headers than the date: at shutdown, `connection: close`, which uvicorn must handle.
    is_plain = cycle.keep_alive and not cycle.response_started and len(defaults) <= 1
    is_plain = is_plain and cycle.scope["method"] != "HEAD"  # its answer has no body
    if cycle.transport.is_closing():
        # uvicorn marks only the newest request of a connection as disconnected.
        cycle.disconnected = True
    if not is_plain or cycle.disconnected or cycle.flow.write_paused:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    pieces = [
        STATUS_LINE[answer.status],
        b"content-type: %b\r\ncontent-length: %d\r\nx-request-id: %b\r\n"
        % (answer.media_type, len(answer.body), request_id.encode()),
    ]
    for name, value in (*defaults, *answer.headers):
        pieces += (name, b": ", value, b"\r\n")
    cycle.transport.write(b"".join((*pieces, b"\r\n", answer.body)))
    cycle.message_event.set()
    cycle.on_response()
    return True
