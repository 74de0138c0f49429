"""The outermost ASGI application: adds request ids, and routes between scoring and FastAPI."""

from collections.abc import Mapping, Sequence

import structlog

from baton_inference.errors import InferenceError
from baton_inference.protocols.catalog import find_path
from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.access.access import Access
from baton_inference.web.answers.answer import ASGIApp, Message, Receive, Scope, Send
from baton_inference.web.answers.problems import (
    build_internal_problem,
    build_problem,
    build_status_problem,
)
from baton_inference.web.answers.security_headers import add_security_headers
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.routes.direct import DirectScoring
from baton_inference.web.routes.scoring import ScoringRoute
from baton_inference.web.scope_keys import API_KEY, REQUEST_ID
from baton_inference.web.transport.server import Companion

log = structlog.get_logger("baton.http")


class Front:
    """Sends scoring requests directly to their routes, and all others to another application.

    FastAPI's middleware and routing would triple the cost of a scoring request. FastAPI still
    documents these routes, and serves all others.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - wired in one place, `create_app`
        self,
        routes: Mapping[str, ScoringRoute],
        other_routes: ASGIApp,
        ids: RequestIds,
        arrivals: Arrivals,
        access: Access | None = None,
        direct: DirectScoring | None = None,
        companions: Sequence[Companion] = (),
    ) -> None:
        """Wires the parts.

        Args:
            routes: each protocol's scoring route by name; these check API keys themselves.
            other_routes: answers all other requests.
            ids: chooses request ids.
            arrivals: counts the requests that the server has read.
            access: checks the API keys of all other requests; None without authentication.
            direct: answers small scoring requests in place of this application. The server
                calls it; it is here because both have the same parts.
            companions: servers of other protocols with the same parts.
        """
        self._routes = routes
        self._other_routes = other_routes
        self._ids = ids
        self._access = access
        self.arrivals = arrivals
        self.direct = direct
        self.companions = companions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request, or handles the ASGI life cycle."""
        if scope["type"] != "http":
            await self._other_routes(scope, receive, send)
            return
        self.arrivals.note_start()
        request_id = self._ids.choose(scope["headers"])
        found = find_path(scope["path"])
        if found is None:
            await self._forward(scope, receive, send, request_id)
        elif scope["method"] != "POST":
            allow = ((b"allow", b"POST"),)
            path = scope["path"]
            problem = build_status_problem(
                405, f"{path} accepts only POST", request_id, allow, path
            )
            await problem.send(send, request_id)
        else:
            route = self._routes[found.protocol.name]
            await route.handle(scope, receive, send, request_id, found.requested)

    async def _forward(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        key = None
        try:
            if self._access is not None:
                key = self._access.check(scope["path"], scope["headers"])
        except InferenceError as error:
            await build_problem(error, request_id, scope["path"]).send(send, request_id)
            return
        is_started = False

        async def send_tagged(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                headers = add_security_headers(scope["path"], message.get("headers", ()))
                headers.append((b"x-request-id", request_id.encode()))
                message = {**message, "headers": headers}
            await send(message)

        # Health checkers send HEAD, which FastAPI's routes do not handle. The server keeps the
        # method in its own scope, and sends no body.
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        try:
            name = None if key is None else key.name
            inner = {**scope, "method": method, REQUEST_ID: request_id, API_KEY: name}
            await self._other_routes(inner, receive, send_tagged)
        except Exception:
            log.exception("request failed", request_id=request_id, path=scope["path"])
            if not is_started:
                await build_internal_problem(request_id, scope["path"]).send(send, request_id)
