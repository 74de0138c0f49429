"""The outermost ASGI application: request ids on everything, scoring routes beside FastAPI."""

import itertools
import re
import secrets
from collections.abc import Iterable, Mapping

import structlog

from baton_inference.errors import InferenceError
from baton_inference.protocols.catalog import find_path
from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.access import Access
from baton_inference.web.answers.answer import ASGIApp, Message, Receive, Scope, Send
from baton_inference.web.answers.problems import internal_problem, problem_of, status_problem
from baton_inference.web.answers.security_headers import with_security_headers
from baton_inference.web.routes.scoring import ScoringRoute

REQUEST_ID = "baton.request_id"
"""The key of the request's id in the ASGI scope."""

log = structlog.get_logger("baton.http")


class RequestIds:
    """Gives each request its id: the caller's where it is well-formed, else a new one."""

    def __init__(self) -> None:
        # Unique without a call to the kernel for each request.
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)
        self._is_well_formed = re.compile(rb"[A-Za-z0-9._-]{1,128}").fullmatch

    def of(self, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The id of the request with these headers."""
        for name, value in headers:
            if name == b"x-request-id" and self._is_well_formed(value):
                return value.decode()
        return self.new()

    def new(self) -> str:
        """An id that no other request has."""
        return f"{self._prefix}-{next(self._numbers):x}"


class Front:
    """Sends scoring requests straight to their routes, and the rest to another application.

    FastAPI's own middleware and routing would cost a scoring request twice what the rest of it
    costs; FastAPI documents these routes, and serves all others.
    """

    def __init__(
        self,
        routes: Mapping[str, ScoringRoute],
        rest: ASGIApp,
        ids: RequestIds,
        arrivals: Arrivals,
        access: Access | None = None,
    ) -> None:
        """Wires it.

        Args:
            routes: protocol name to its scoring route; these let callers in by themselves.
            rest: answers all else.
            ids: names requests.
            arrivals: the server that runs this tells it of each request that it has read.
            access: lets callers of all else in; None where all are.
        """
        self._routes = routes
        self._rest = rest
        self._ids = ids
        self._access = access
        self.arrivals = arrivals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request, or the application's life cycle."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        self.arrivals.note_start()
        request_id = self._ids.of(scope["headers"])
        found = find_path(scope["path"])
        if found is None:
            await self._pass_on(scope, receive, send, request_id)
        elif scope["method"] != "POST":
            allow = ((b"allow", b"POST"),)
            path = scope["path"]
            problem = status_problem(405, f"{path} takes POST only", request_id, allow, path)
            await problem.send(scope, send, request_id)
        else:
            route = self._routes[found.protocol.name]
            await route.handle(scope, receive, send, request_id, found.target)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        try:
            if self._access is not None:
                self._access.check(scope["path"], scope["headers"])
        except InferenceError as error:
            await problem_of(error, request_id, scope["path"]).send(scope, send, request_id)
            return
        is_started = False

        async def send_tagged(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                headers = with_security_headers(scope["path"], message.get("headers", ()))
                headers.append((b"x-request-id", request_id.encode()))
                message = {**message, "headers": headers}
            await send(message)

        # Health checkers ask with HEAD, which FastAPI's routes do not know. The server still sees
        # the method in its own scope, and sends no body.
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        try:
            inner = {**scope, "method": method, REQUEST_ID: request_id}
            await self._rest(inner, receive, send_tagged)
        except Exception:
            log.exception("request failed", request_id=request_id, path=scope["path"])
            if not is_started:
                await internal_problem(request_id, scope["path"]).send(scope, send, request_id)
