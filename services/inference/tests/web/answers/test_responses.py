"""Conversion of answers to Starlette responses."""

from baton_inference.web.answers.answer import Answer
from baton_inference.web.answers.responses import to_response


def test_conversion_keeps_everything() -> None:
    """Status, body, content type and headers stay the same."""
    response = to_response(Answer(503, b"x", b"text/plain", ((b"retry-after", b"1"),)))
    assert (response.status_code, response.body) == (503, b"x")
    assert response.headers["retry-after"] == "1"
    assert response.media_type == "text/plain"
