"""Converts answers to Starlette responses."""

from fastapi import Response

from baton_inference.web.answers.answer import Answer


def to_response(answer: Answer) -> Response:
    """Converts an answer; `Front` adds the request id."""
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return Response(answer.body, answer.status, headers, media_type=answer.media_type.decode())
