"""The steps of a POST beside scoring: read a small body, answer, explain and log a failure."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request, Response

from baton_inference.errors import ClientDisconnected, InferenceError
from baton_inference.protocols.media import MediaHeaders
from baton_inference.telemetry.request_log import FinishedRequest, RequestLog
from baton_inference.web.answers.problems import build_problem, find_slug
from baton_inference.web.answers.responses import to_response
from baton_inference.web.body import BodyReader
from baton_inference.web.scope_keys import REQUEST_ID


@dataclass(frozen=True)
class SideRoute:
    """A route that FastAPI serves.

    Attributes:
        name: its name in the log.
        path: its path.
        bodies: reads the bodies.
        log: logs requests that fail.
        media_types: the accepted content types; None: any.
    """

    name: str
    path: str
    bodies: BodyReader
    log: RequestLog
    media_types: frozenset[bytes | None] | None = None

    async def answer(
        self, request: Request, handle: Callable[[bytes], Awaitable[Response]]
    ) -> Response:
        """Answers a request: with what `handle` returns for its body, or with a problem."""
        started_s = time.perf_counter()
        try:
            return await handle(await self._read(request))
        except ClientDisconnected:
            return Response(status_code=202)  # the client is gone; any status will do
        except InferenceError as error:
            request_id = request.scope[REQUEST_ID]
            problem = build_problem(error, request_id, self.path)
            duration_s = time.perf_counter() - started_s
            slug = find_slug(error)
            self.log.write(
                FinishedRequest(request_id, self.name, problem.status, "", duration_s, slug)
            )
            return to_response(problem)

    async def _read(self, request: Request) -> bytes:
        media = MediaHeaders(request.scope["headers"])
        if self.media_types is not None:
            media.check(self.media_types)
        with self.bodies.open_share() as share:
            return await self.bodies.read(request.receive, media, share)
