"""Our answers, as Starlette's."""

from fastapi import Response

from baton_inference.web.answers.answer import Answer


def response_of(answer: Answer) -> Response:
    """`answer` as Starlette's; the request's id is added on the way out."""
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return Response(answer.body, answer.status, headers, media_type=answer.media_type.decode())
