"""The other routes of MLflow's scoring server: `/ping`, `/health` and `/version`."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from baton_inference.errors import NotReady
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.protocols.invocations.codec import MLFLOW_VERSION
from baton_inference.web.answers.problems import build_problem
from baton_inference.web.answers.responses import to_response
from baton_inference.web.openapi.problems import build_problem_response
from baton_inference.web.scope_keys import REQUEST_ID


def build_mlflow_routes(live: LiveVersions) -> APIRouter:
    """Builds `/ping`, `/health` and `/version`."""
    router = APIRouter(tags=["mlflow"], default_response_class=PlainTextResponse)

    async def ping(request: Request) -> Any:
        if live.production is None:
            error = NotReady()
            return to_response(build_problem(error, request.scope[REQUEST_ID]))
        return Response("\n", media_type="text/plain")

    for path in ("/ping", "/health"):  # two names for one answer, as in MLflow
        router.get(
            path,
            summary="Is the service ready to score?",
            operation_id=path.removeprefix("/"),
            responses={503: build_problem_response("No model is serving yet.")},
        )(ping)

    @router.get("/version", summary="The MLflow version of the scoring protocol")
    async def version() -> str:
        return MLFLOW_VERSION

    return router
