"""What MLflow's scoring server answers beside `/invocations`."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from baton_inference.errors import NotReady
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.protocols.invocations.codec import MLFLOW_VERSION
from baton_inference.web.answers.problems import problem_of
from baton_inference.web.answers.responses import response_of
from baton_inference.web.front import REQUEST_ID
from baton_inference.web.openapi.problems import problem_response


def mlflow_routes(live: LiveVersions) -> APIRouter:
    """`/ping`, `/health` and `/version`."""
    router = APIRouter(tags=["mlflow"], default_response_class=PlainTextResponse)

    async def ping(request: Request) -> Any:
        if live.production is None:
            error = NotReady()
            return response_of(problem_of(error, request.scope[REQUEST_ID]))
        return Response("\n", media_type="text/plain")

    for path in ("/ping", "/health"):  # one answer by two names, as in MLflow
        router.get(
            path,
            summary="Is a model in the slot?",
            operation_id=path.removeprefix("/"),
            responses={503: problem_response("No model is being served yet.")},
        )(ping)

    @router.get("/version", summary="The MLflow whose scoring protocol is spoken")
    async def version() -> str:
        return MLFLOW_VERSION

    return router
