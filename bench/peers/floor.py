"""The echo floor: Baton's HTTP server around an application without a model.

It sends the request's body back; the difference to a scoring route is the cost of scoring.
`python -m bench.peers.floor PORT`.
"""

import sys

from baton_inference.web.answers.answer import Receive, Scope, Send
from baton_inference.web.transport.listening import listen
from baton_inference.web.transport.server import serve


async def echo(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - ASGI's shape
    """Answers with the request's body."""
    body, is_whole = b"", False
    while not is_whole:
        message = await receive()
        body += message.get("body", b"")
        is_whole = not message.get("more_body", False)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    serve(echo, listen("127.0.0.1", int(sys.argv[1])))
