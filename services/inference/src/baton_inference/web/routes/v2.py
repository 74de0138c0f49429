"""The other routes of the Open Inference Protocol V2: health, readiness and metadata."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request, Response

from baton_inference.errors import InferenceError, NotReady
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.protocols.protocol import Json
from baton_inference.protocols.v2.inputs import describe_inputs
from baton_inference.protocols.v2.outputs import describe_outputs
from baton_inference.scoring.requested_version import RequestedVersion
from baton_inference.web.answers.problems import build_problem
from baton_inference.web.answers.responses import to_response
from baton_inference.web.openapi.problems import build_problem_response, describe_path_parameters
from baton_inference.web.scope_keys import REQUEST_ID

_NOT_READY: dict[int | str, Json] = {503: build_problem_response("No model is serving yet.")}
_NOT_SERVED: dict[int | str, Json] = {
    404: build_problem_response("The model or version is not served."),
    **_NOT_READY,
}


def build_v2_routes(versions: LiveVersions) -> APIRouter:
    """Builds the GET routes of V2."""
    router = APIRouter(prefix="/v2", tags=["v2"])
    software = version("baton-inference")  # it reads files

    @router.get("", summary="Server metadata")
    async def server_metadata() -> Json:
        extensions = ["binary_tensor_data"]
        return {"name": "baton", "version": software, "extensions": extensions}

    @router.get("/health/live", summary="Is the process alive?")
    async def live() -> Json:
        return {"live": True}

    @router.get("/health/ready", summary="Is the service ready to score?", responses=_NOT_READY)
    async def ready(request: Request) -> Any:
        return _answer(request, versions, None, lambda _: {"ready": True})

    for path in ("/models/{model_name}", "/models/{model_name}/versions/{model_version}"):
        _add_model_routes(router, versions, path)
    return router


def _add_model_routes(router: APIRouter, versions: LiveVersions, path: str) -> None:
    suffix = "_version" if "model_version" in path else ""
    # Declared here and not in the handlers: FastAPI would add a 422 that these routes never answer.
    parameters = {"parameters": describe_path_parameters(path)}

    @router.get(
        path,
        summary="Model metadata: inputs and outputs",
        operation_id=f"model_metadata{suffix}",
        responses=_NOT_SERVED,
        openapi_extra=parameters,
    )
    async def metadata(request: Request) -> Any:
        return _answer(request, versions, _read_requested(request), describe_model)

    @router.get(
        f"{path}/ready",
        summary="Is this model ready to score?",
        operation_id=f"model_ready{suffix}",
        responses=_NOT_SERVED,
        openapi_extra=parameters,
    )
    async def is_ready(request: Request) -> Any:
        return _answer(request, versions, _read_requested(request), _describe_readiness)


def describe_model(served: LiveVersion) -> Json:
    """Describes a live version as V2's model metadata."""
    return {
        "name": served.model.name,
        "versions": [served.model.version],
        "platform": "onnx_onnxv1",
        "inputs": describe_inputs(served.schema),
        "outputs": describe_outputs(served.engine.output_schema),
    }


def _describe_readiness(served: LiveVersion) -> Json:
    return {"name": served.model.name, "ready": True}


def _read_requested(request: Request) -> RequestedVersion:
    return RequestedVersion(
        request.path_params["model_name"], request.path_params.get("model_version")
    )


def _answer(
    request: Request,
    versions: LiveVersions,
    requested: RequestedVersion | None,
    describe: Callable[[LiveVersion], Json],
) -> Json | Response:
    """Returns what `describe` returns for the live version that is requested, or a problem."""
    try:
        return describe(find_served(versions, requested))
    except InferenceError as error:
        return to_response(build_problem(error, request.scope[REQUEST_ID], request.url.path))


def find_served(versions: LiveVersions, requested: RequestedVersion | None = None) -> LiveVersion:
    """Returns the live version that is requested; production if none is.

    Raises:
        NotReady: there is no production version.
        NotServed: another model or version is requested.
    """
    served = versions.production
    if served is None:
        raise NotReady
    return served if requested is None else requested.choose(served, versions.canary)
