"""What the Open Inference Protocol V2 asks beside inference: health, readiness and metadata."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request, Response

from baton_inference.errors import InferenceError, NotReady
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.protocols.protocol import Json
from baton_inference.protocols.v2 import codec as v2
from baton_inference.scoring.targets import Target
from baton_inference.web.answers.problems import problem_of
from baton_inference.web.answers.responses import response_of
from baton_inference.web.front import REQUEST_ID
from baton_inference.web.openapi.problems import path_parameters, problem_response

_NOT_READY: dict[int | str, Json] = {503: problem_response("No model is being served yet.")}
_NOT_SERVED: dict[int | str, Json] = {
    404: problem_response("The model or version is not served."),
    **_NOT_READY,
}


def v2_routes(versions: LiveVersions) -> APIRouter:
    """The routes of V2 that take a GET."""
    router = APIRouter(prefix="/v2", tags=["v2"])

    @router.get("", summary="What the server is")
    async def server_metadata() -> Json:
        extensions = ["binary_tensor_data"]
        return {"name": "baton", "version": version("baton-inference"), "extensions": extensions}

    @router.get("/health/live", summary="Does the process answer?")
    async def live() -> Json:
        return {"live": True}

    @router.get("/health/ready", summary="Is a model in the slot?", responses=_NOT_READY)
    async def ready(request: Request) -> Any:
        return _answer(request, versions, None, lambda _: {"ready": True})

    for path in ("/models/{model_name}", "/models/{model_name}/versions/{model_version}"):
        _add_model_routes(router, versions, path)
    return router


def _add_model_routes(router: APIRouter, versions: LiveVersions, path: str) -> None:
    suffix = "_version" if "model_version" in path else ""
    # Named here and not in the handlers: FastAPI would declare an error that a text cannot cause.
    parameters = {"parameters": path_parameters(path)}

    @router.get(
        path,
        summary="The tensors of the model",
        operation_id=f"model_metadata{suffix}",
        responses=_NOT_SERVED,
        openapi_extra=parameters,
    )
    async def metadata(request: Request) -> Any:
        return _answer(request, versions, _target(request), model_metadata)

    @router.get(
        f"{path}/ready",
        summary="Is the model in the slot?",
        operation_id=f"model_ready{suffix}",
        responses=_NOT_SERVED,
        openapi_extra=parameters,
    )
    async def is_ready(request: Request) -> Any:
        return _answer(request, versions, _target(request), _readiness)


def model_metadata(served: LiveVersion) -> Json:
    """What serves, as V2 describes a model."""
    return {
        "name": served.model.name,
        "versions": [served.model.version],
        "platform": "onnx_onnxv1",
        "inputs": v2.describe_inputs(served.schema),
        "outputs": v2.describe_outputs(len(served.engine.classes)),
    }


def _readiness(served: LiveVersion) -> Json:
    return {"name": served.model.name, "ready": True}


def _target(request: Request) -> Target:
    return Target(request.path_params["model_name"], request.path_params.get("model_version"))


def _answer(
    request: Request,
    versions: LiveVersions,
    target: Target | None,
    tell: Callable[[LiveVersion], Json],
) -> Json | Response:
    """What `tell` says of what serves; a problem where nothing does, or not the target."""
    served = versions.production
    try:
        if served is None:
            raise NotReady
        if target is not None:
            target.check(served)
    except InferenceError as error:
        return response_of(problem_of(error, request.scope[REQUEST_ID], request.url.path))
    return tell(served)
