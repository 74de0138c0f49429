"""`POST /feedback`: callers report what became known about rows that were scored."""

from fastapi import APIRouter, Request, Response

from baton_engine.labels.label import MAX_CHARACTERS, MAX_ROW
from baton_inference.feedback.document import FEEDBACK, MAX_LABELS
from baton_inference.feedback.receiver import FeedbackReceiver
from baton_inference.protocols.media import JSON
from baton_inference.protocols.protocol import Json
from baton_inference.scoring.workers import Workers
from baton_inference.telemetry.request_log import RequestLog
from baton_inference.web.access.access import FEEDBACK_PATH
from baton_inference.web.answers.answer import Answer
from baton_inference.web.answers.responses import to_response
from baton_inference.web.body import BodyReader
from baton_inference.web.openapi.problems import build_problem_response
from baton_inference.web.routes.side_route import SideRoute
from baton_inference.web.scope_keys import API_KEY

MAX_BODY_BYTES = 2**21
"""Enough for 1,000 labels of the greatest length."""

_LABEL: Json = {
    "type": "object",
    "required": ["request_id", "label"],
    "additionalProperties": False,
    "properties": {
        "request_id": {
            "type": "string",
            "pattern": "^[A-Za-z0-9._-]{1,128}$",
            "description": "`X-Request-ID` of the answer.",
        },
        "row": {"type": "integer", "minimum": 0, "maximum": MAX_ROW, "default": 0},
        "label": {
            "description": "A class of the serving version, or a finite number for a regression.",
            "anyOf": [
                {"type": "string", "maxLength": MAX_CHARACTERS},
                {"type": "number"},
                {"type": "boolean"},
            ],
        },
        "at": {
            "description": "When the label became known.",
            "anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}],
        },
    },
}
_BODY: Json = {
    "type": "object",
    "required": [FEEDBACK],
    "additionalProperties": False,
    "properties": {
        FEEDBACK: {"type": "array", "minItems": 1, "maxItems": MAX_LABELS, "items": _LABEL}
    },
}
_ACCEPTED: Json = {
    "type": "object",
    "required": ["accepted"],
    "properties": {"accepted": {"type": "integer"}},
}
_DOCUMENTED: Json = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}}
}
_RESPONSES: dict[int | str, Json] = {
    202: {
        "description": "The labels are on disk. Of two labels for one row, the later one counts.",
        "content": {"application/json": {"schema": _ACCEPTED}},
    },
    400: build_problem_response("The body is not JSON of this shape."),
    413: build_problem_response(f"More than {MAX_LABELS} labels, or {MAX_BODY_BYTES} bytes."),
    415: build_problem_response("The media type is not supported."),
    422: build_problem_response("A label is not valid; no label of the request was stored."),
    503: build_problem_response("No version serves yet, or too many labels wait for the disk."),
    507: build_problem_response("The labels cannot be stored."),
}


def build_feedback_routes(
    receiver: FeedbackReceiver, workers: Workers, request_log: RequestLog
) -> APIRouter:
    """Builds the route. `workers` decompress bodies."""
    router = APIRouter(tags=["feedback"])
    bodies = BodyReader(MAX_BODY_BYTES, workers)
    route = SideRoute(FEEDBACK, FEEDBACK_PATH, bodies, request_log, frozenset({JSON}))

    @router.post(
        FEEDBACK_PATH,
        summary="Labels of rows that were scored",
        description="What became known later, for example that a customer left. Unknown request "
        "ids are accepted: labels are joined with predictions when they are read.",
        status_code=202,
        response_class=Response,
        responses=_RESPONSES,
        openapi_extra=_DOCUMENTED,
    )
    async def receive_feedback(request: Request) -> Response:
        async def handle(body: bytes) -> Response:
            accepted = await receiver.receive(body, request.scope[API_KEY])
            return to_response(Answer(202, b'{"accepted":%d}' % accepted))

        return await route.answer(request, handle)

    return router
