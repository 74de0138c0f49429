"""The routes for operators and their tools: health, status and metrics."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from baton_inference.errors import NotReady
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.status import Status
from baton_inference.web.answers.problems import (
    build_internal_problem,
    build_problem,
    build_status_problem,
)
from baton_inference.web.answers.responses import to_response
from baton_inference.web.metrics.exposition import Exposition
from baton_inference.web.openapi.problems import build_problem_response
from baton_inference.web.scope_keys import REQUEST_ID


@dataclass(frozen=True)
class Live:
    """The process answers."""

    live: Literal[True] = True


@dataclass(frozen=True)
class Ready:
    """A model is in the slot."""

    ready: Literal[True] = True


def add_routes(
    app: FastAPI, *, live: LiveVersions, status: Callable[[], Status], exposition: Exposition
) -> None:
    """Adds the routes, and the handlers that turn errors into problems."""

    @app.get("/livez", summary="Is the process alive?", tags=["operations"])
    async def livez() -> Live:
        return Live()

    @app.get(
        "/readyz",
        summary="Is the service ready to score?",
        tags=["operations"],
        response_model=Ready,
        responses={503: build_problem_response("No model is serving yet.")},
    )
    async def readyz(request: Request) -> Any:
        if live.production is None:
            return to_response(build_problem(NotReady(), request.scope[REQUEST_ID]))
        return Ready()

    @app.get("/status", summary="The serving version and the aspired version", tags=["operations"])
    async def read_status() -> Status:
        return status()

    @app.get(
        "/metrics",
        summary="Metrics for Prometheus",
        tags=["operations"],
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def read_metrics(request: Request) -> Any:
        text, content_type = exposition.write(request.headers.get("accept", ""))
        return Response(text, headers={"content-type": content_type})

    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(Exception, _answer_exception)


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    """Answers Starlette's 404 and 405."""
    if not isinstance(error, HTTPException):
        raise TypeError(f"unexpected error type: {type(error).__name__}")
    headers = [(k.lower().encode(), v.encode()) for k, v in (error.headers or {}).items()]
    request_id = request.scope[REQUEST_ID]
    path = request.url.path
    detail = f"{request.method} {path}: {error.detail}"
    return to_response(build_status_problem(error.status_code, detail, request_id, headers, path))


async def _answer_exception(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Answers any other error; Starlette then raises it again, and `Front` logs it."""
    return to_response(build_internal_problem(request.scope[REQUEST_ID], request.url.path))
