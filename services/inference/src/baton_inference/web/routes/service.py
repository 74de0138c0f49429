"""The routes that FastAPI serves: what operators and their tools ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from baton_inference.errors import NotReady
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.status import Status
from baton_inference.web.answers.problems import internal_problem, problem_of, status_problem
from baton_inference.web.answers.responses import response_of
from baton_inference.web.exposition import Exposition
from baton_inference.web.front import REQUEST_ID
from baton_inference.web.openapi.problems import problem_response


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
    """Adds the operators' routes, and answers every error with a problem."""

    @app.get("/livez", summary="Does the process answer?", tags=["operations"])
    async def livez() -> Live:
        return Live()

    @app.get(
        "/readyz",
        summary="Is a model in the slot?",
        tags=["operations"],
        response_model=Ready,
        responses={503: problem_response("No model is being served yet.")},
    )
    async def readyz(request: Request) -> Any:
        if live.production is None:
            return response_of(problem_of(NotReady(), request.scope[REQUEST_ID]))
        return Ready()

    @app.get("/status", summary="What serves, and what should", tags=["operations"])
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
    """404 and 405, which Starlette raises."""
    if not isinstance(error, HTTPException):
        raise TypeError(f"not for {type(error).__name__}")
    headers = [(k.lower().encode(), v.encode()) for k, v in (error.headers or {}).items()]
    request_id = request.scope[REQUEST_ID]
    path = request.url.path
    detail = f"{request.method} {path}: {error.detail}"
    return response_of(status_problem(error.status_code, detail, request_id, headers, path))


async def _answer_exception(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Answers before Starlette raises the error again, for `Front` to log."""
    return response_of(internal_problem(request.scope[REQUEST_ID], request.url.path))
