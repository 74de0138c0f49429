"""An answer written to the connection in one go.

uvicorn takes an answer as two messages, and checks and joins its headers one by one: at 16
connections that is a quarter of what a request costs. Where the connection is in its plain state,
the whole answer is written at once; where it is not, uvicorn's way is taken.
"""

from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from baton_inference.web.answers.answer import WRITE, Answer


def offer(cycle: RequestResponseCycle) -> None:
    """Puts the function into the scope of a request."""
    scope: dict[str, Any] = cycle.scope  # type: ignore[assignment] # uvicorn's own keys only
    scope[WRITE] = partial(_write, cycle)


def _write(cycle: RequestResponseCycle, answer: Answer, request_id: str) -> bool:
    defaults = cycle.default_headers
    # More than the date: the server is ending, and says so in a header that uvicorn acts on.
    is_plain = cycle.keep_alive and not cycle.response_started and len(defaults) <= 1
    is_plain = is_plain and cycle.scope["method"] != "HEAD"  # which is answered without a body
    if cycle.transport.is_closing():
        # uvicorn notes a client's leaving only on the newest of its requests.
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
