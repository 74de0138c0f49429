"""`POST /webhooks/mlflow`: the registry says that something moved."""

import time

from fastapi import APIRouter, Request, Response

from baton_inference.errors import ClientGone, InferenceError
from baton_inference.protocols.media import MediaHeaders
from baton_inference.protocols.protocol import Json
from baton_inference.scoring.workers import Workers
from baton_inference.telemetry.request_log import Ended, RequestLog
from baton_inference.web.answers.answer import Receive
from baton_inference.web.answers.problems import problem_of, slug_of
from baton_inference.web.answers.responses import response_of
from baton_inference.web.body import BodyReader
from baton_inference.web.front import REQUEST_ID
from baton_inference.web.openapi.problems import problem_response
from baton_inference.web.webhook import Delivery, WebhookReceiver

MAX_BODY_BYTES = 64 * 1024
"""An alias event holds three names."""

_HEADERS = ("X-MLflow-Delivery-Id", "X-MLflow-Timestamp", "X-MLflow-Signature")
_EVENT: Json = {
    "type": "object",
    "required": ["entity", "action", "data"],
    "properties": {
        "entity": {"type": "string", "examples": ["model_version_alias"]},
        "action": {"type": "string", "examples": ["created"]},
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
    400: problem_response("Signed, and not the JSON of an event."),
    401: problem_response("The signature does not fit, or the timestamp is too far off."),
    413: problem_response(f"Over {MAX_BODY_BYTES} bytes."),
    503: problem_response("Too many deliveries at a time."),
}


def webhook_routes(
    receiver: WebhookReceiver, workers: Workers, request_log: RequestLog
) -> APIRouter:
    """The route of the registry's webhook."""
    router = APIRouter(tags=["operations"])
    bodies = BodyReader(MAX_BODY_BYTES, workers)

    @router.post(
        "/webhooks/mlflow",
        summary="The registry's webhook: look at the alias now",
        description="Only a hint: the alias is looked up by itself as well.",
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
        except ClientGone:
            return Response(status_code=202)  # nobody is left to read it
        except InferenceError as error:
            request_id = request.scope[REQUEST_ID]
            answer = problem_of(error, request_id, request.url.path)
            duration_s = time.perf_counter() - started_s
            request_log.write(
                Ended(request_id, "webhook", answer.status, "", duration_s, slug_of(error))
            )
            return response_of(answer)
        return Response(status_code=202)

    return router


async def _read(bodies: BodyReader, receive: Receive, media: MediaHeaders) -> bytes:
    with bodies.share() as share:
        return await bodies.read(receive, media, share)
