"""`POST /webhooks/mlflow`: the registry reports that an alias or a tag changed."""

from fastapi import APIRouter, Request, Response

from baton_inference.protocols.protocol import Json
from baton_inference.scoring.workers import Workers
from baton_inference.telemetry.request_log import RequestLog
from baton_inference.web.body import BodyReader
from baton_inference.web.openapi.problems import build_problem_response
from baton_inference.web.routes.side_route import SideRoute
from baton_inference.web.webhook import Delivery, WebhookReceiver
from baton_registry.rest.webhooks import DELIVERY_PATH

MAX_BODY_BYTES = 64 * 1024
"""More than enough: an event holds a few names."""

_HEADERS = ("X-MLflow-Delivery-Id", "X-MLflow-Timestamp", "X-MLflow-Signature")
_EVENT: Json = {
    "type": "object",
    "required": ["entity", "action", "data"],
    "properties": {
        "entity": {"type": "string", "examples": ["model_version_alias", "model_version_tag"]},
        "action": {"type": "string", "examples": ["created", "set"]},
        "timestamp": {"type": "string"},
        "data": {"type": "object"},
    },
}
_DOCUMENTED: Json = {
    "parameters": [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in _HEADERS
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": _EVENT}}},
}
_PROBLEMS: dict[int | str, Json] = {
    400: build_problem_response("The body is not the JSON of a registry event."),
    401: build_problem_response(
        "The webhook signature does not match, or the timestamp is too far off."
    ),
    413: build_problem_response(f"The body exceeds {MAX_BODY_BYTES} bytes."),
    503: build_problem_response("Too many deliveries at once."),
}


def build_webhook_routes(
    receiver: WebhookReceiver, workers: Workers, request_log: RequestLog
) -> APIRouter:
    """Builds the route of the registry's webhook."""
    router = APIRouter(tags=["operations"])
    bodies = BodyReader(MAX_BODY_BYTES, workers)
    route = SideRoute("webhook", DELIVERY_PATH, bodies, request_log)

    @router.post(
        DELIVERY_PATH,
        summary="MLflow registry webhook: triggers a poll of the aliases",
        description="Optional: inference also polls the aliases without webhooks.",
        status_code=202,
        response_class=Response,
        responses=_PROBLEMS,
        openapi_extra=_DOCUMENTED,
    )
    async def mlflow_webhook(request: Request) -> Response:
        async def handle(body: bytes) -> Response:
            delivery_id, timestamp, signature = (request.headers.get(name, "") for name in _HEADERS)
            receiver.receive(Delivery(delivery_id, timestamp, signature, body))
            return Response(status_code=202)

        return await route.answer(request, handle)

    return router
