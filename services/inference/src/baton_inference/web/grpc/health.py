"""The health service: `Check` and `Watch` of grpc.health.v1.

The library's servicer holds a lock while it writes to a watcher. One that never reads would hold up
readiness and shutdown, and the end of one watcher would cut off the others.
"""

import asyncio
from typing import Any

from grpc import StatusCode
from grpc_health.v1.health_pb2 import HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthServicer

from baton_inference.web.grpc.failures import Context

MAX_WATCHERS = 64
"""Open `Watch` calls, of all connections. They need no API key and have no end."""


class Health(HealthServicer):  # type: ignore[misc]
    """Answers for the whole server and for each of its services. Used from the event loop only.

    Attributes:
        watchers: the number of open `Watch` calls.
    """

    def __init__(self, *names: str) -> None:
        """Starts as not serving; `names` are the services, beside the server as a whole."""
        self._names = {"", *names}
        self._status = HealthCheckResponse.NOT_SERVING
        self._changed = asyncio.Event()
        self.watchers = 0

    def set_serving(self, *, is_serving: bool) -> None:
        """Sets the status and wakes the watchers. Waits for none of them."""
        kind = HealthCheckResponse
        self._status = kind.SERVING if is_serving else kind.NOT_SERVING
        self._changed.set()
        self._changed = asyncio.Event()

    async def Check(self, request: Any, context: Context) -> Any:  # noqa: N802 - the name in gRPC
        """Answers with the status of a service."""
        if request.service not in self._names:
            await context.abort(StatusCode.NOT_FOUND)
        return HealthCheckResponse(status=self._status)

    async def Watch(self, request: Any, context: Context) -> None:  # noqa: N802 - as above
        """Sends the status of a service, now and after each change, without an end."""
        if self.watchers >= MAX_WATCHERS:
            await context.abort(StatusCode.RESOURCE_EXHAUSTED, f"{MAX_WATCHERS} callers watch")
        self.watchers += 1
        try:
            await self._watch(request.service, context)
        finally:
            self.watchers -= 1

    async def _watch(self, service: str, context: Context) -> None:
        sent = None
        while True:
            changed, status = self._changed, self._status
            if service not in self._names:
                status = HealthCheckResponse.SERVICE_UNKNOWN
            if status != sent:
                await context.write(HealthCheckResponse(status=status))
                sent = status
            await changed.wait()
