"""`POST /webhooks/mlflow`: the registry reports that an alias or a tag changed."""

import time

from fastapi import APIRouter, Request, Response

from baton_inference.errors import ClientDisconnected, InferenceError
from baton_inference.protocols.media import MediaHeaders
from baton_inference.protocols.protocol import Json
from baton_inference.scoring.workers import Workers
from baton_inference.telemetry.request_log import RequestLog, RequestOutcome
from baton_inference.web.answers.answer import Receive
from baton_inference.web.answers.problems import build_problem, find_slug
from baton_inference.web.answers.responses import to_response
from baton_inference.web.body import BodyReader
from baton_inference.web.front import REQUEST_ID
from baton_inference.web.openapi.problems import build_problem_response
from baton_inference.web.webhook import Delivery, WebhookReceiver

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

    @router.post(
        "/webhooks/mlflow",
        summary="MLflow registry webhook: triggers a poll of the aliases",
        description="Optional: inference also polls the aliases without webhooks.",
        status_code=202,
        response_class=Response,
        responses=_PROBLEMS,
        openapi_extra=_DOCUMENTED,
    )
    async def mlflow_webhook(request: Request) -> Response:
        started_s = time.perf_counter()
        try:
            body = await _read(bodies, request.receive, MediaHeaders(request.scope["headers"]))
            delivery_id, timestamp, signature = (request.headers.get(name, "") for name in _HEADERS)
            receiver.receive(Delivery(delivery_id, timestamp, signature, body))
        except ClientDisconnected:
            return Response(status_code=202)  # the client is gone; any status will do
        except InferenceError as error:
            request_id = request.scope[REQUEST_ID]
            answer = build_problem(error, request_id, request.url.path)
            duration_s = time.perf_counter() - started_s
            request_log.write(
                RequestOutcome(
                    request_id, "webhook", answer.status, "", duration_s, find_slug(error)
                )
            )
            return to_response(answer)
        return Response(status_code=202)

    return router


async def _read(bodies: BodyReader, receive: Receive, media: MediaHeaders) -> bytes:
    with bodies.open_share() as share:
        return await bodies.read(receive, media, share)
